import { z } from 'zod';
import { Fault } from '../datasets/fault.ts';
import type { State } from '../loops/state/open-state.ts';
import type { PullRequestRecord } from '../loops/state/stores/publication-store.ts';

/** What `pr list` says of each. */
export const PullRequest = z.strictObject({
  /** 1, 2, … in the target. */
  id: z.int(),
  pattern: z.string(),
  branch: z.string(),
  commit: z.string(),
  state: z.enum(['open', 'approved', 'rejected', 'merged']),
  /** The newest, so that a remeasurement shows; null where the state has none. */
  verdict: z.enum(['accepted', 'rejected', 'inconclusive']).nullable(),
  /** Null where the remote has no pages: the branch is all there is. */
  url: z.string().nullable(),
  title: z.string(),
  speedup: z.number(),
  candidate: z.string(),
  createdAt: z.iso.datetime(),
});
export type PullRequest = z.infer<typeof PullRequest>;

export async function describePullRequest(state: State, record: PullRequestRecord): Promise<PullRequest> {
  const [newest] = await state.candidates.verdicts(record.candidateId);
  return {
    id: record.number,
    pattern: record.pattern,
    branch: record.branch,
    commit: record.commit,
    state: record.state,
    verdict: newest?.verdict ?? null,
    url: record.url,
    title: record.title,
    speedup: record.speedup,
    candidate: record.candidateId,
    createdAt: record.createdAt.toISOString(),
  };
}

/** By number, with or without #, or by branch. @throws Fault `no-such-pr` */
export function choosePullRequest(all: readonly PullRequestRecord[], named: string): PullRequestRecord {
  const found = all.find(
    ({ number, branch }) => named.replace(/^#/, '') === String(number) || named === branch,
  );
  if (found !== undefined) return found;
  throw new Fault('no-such-pr', `there is no pull request ${named}`, {
    hint:
      all.length > 0
        ? `there are: ${all.map(({ number, branch }) => `${number} (${branch})`).join(', ')}`
        : 'a loop opens one for each accepted candidate: `whetstone loop`',
  });
}
