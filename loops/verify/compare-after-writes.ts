import type { GuardEvidence } from '../gate/evidence.ts';
import { refreshArm, writeBoth } from './change-data.ts';
import { compareReplies, GUARD_LIMIT_MS, type GuardQuery } from './check-guard.ts';
import { findWrites } from './find-writes.ts';
import { isDatabaseError, referenceRows } from './reference.ts';
import type { SessionRequest } from './run-session.ts';

/** Parameter sets that are tried until writes are found which change the answer. */
const SETS = 3;

export interface AfterWrites {
  afterWrites: NonNullable<GuardEvidence['afterWrites']>;
  detail: string;
}

export interface GuardLag {
  /** Declared staleness in seconds. */
  stalenessS: number;
  /** Whether the base SQL means the same on both databases: then rows that differ there are ties, which may fall either way. */
  sameDatabase: boolean;
}

/**
 * Changes what a guard reads on both arms and compares its rows: only then does a copy show that nobody brings up to date. The
 * right answer is the base's own on the same data. The writes stay.
 */
export async function compareAfterWrites(
  guard: GuardQuery,
  request: Pick<SessionRequest, 'base' | 'candidate' | 'refresh' | 'signal'>,
  { stalenessS, sameDatabase }: GuardLag,
): Promise<AfterWrites> {
  const { base, candidate } = request;
  const writes = await findGuardWrites(guard, request);
  if (writes === undefined)
    return { afterWrites: 'unshown', detail: 'no write was found that changes its answer' };
  const { params, statements } = writes;
  // What it keeps of its answers is there before the writes, as it would be in use.
  await candidate.ask(guard.query, params, GUARD_LIMIT_MS);
  const { refused } = await writeBoth(base, candidate, statements);
  if (refused !== undefined)
    return { afterWrites: 'other', detail: `the candidate refused a write that the base takes: ${refused}` };
  const problem = await refreshArm(request, stalenessS);
  if (problem !== undefined) return { afterWrites: 'other', detail: problem };
  const compared = compareReplies(
    await base.ask(guard.query, params, GUARD_LIMIT_MS),
    await candidate.ask(guard.query, params, GUARD_LIMIT_MS),
    // Old rows are told without it, and copied ones make ties.
    false,
  );
  if (compared.equal === null) return { afterWrites: 'unshown', detail: compared.detail };
  if (compared.equal) return { afterWrites: 'equal', detail: '' };
  if (sameDatabase && !(await isDetermined(guard, request, params)))
    return { afterWrites: 'unshown', detail: 'rows of one rank may come in any order after the writes' };
  return { afterWrites: 'other', detail: compared.detail };
}

async function findGuardWrites(
  { sql, ordered, params: sets }: GuardQuery,
  { base, signal }: Pick<SessionRequest, 'base' | 'signal'>,
): Promise<{ params: GuardQuery['params'][number]; statements: string[] } | undefined> {
  for (const params of sets.slice(0, SETS)) {
    signal.throwIfAborted();
    try {
      const before = await referenceRows(base.sql, sql, params, { ordered, limitMs: GUARD_LIMIT_MS });
      const found = await findWrites(base.sql, { sql, ordered }, params, before);
      if (found) return { params, statements: found.statements };
    } catch (error) {
      // Other parameters may be answered in time.
      if (!isDatabaseError(error)) throw error;
    }
  }
  return undefined;
}

/** Other ways to the same rows: which of those of one rank come first may differ. */
const OTHER_PLAN = ['hashjoin', 'hashagg', 'incremental_sort', 'indexscan', 'bitmapscan'].map(
  (method) => `enable_${method}`,
);

/** Whether the base SQL leaves no choice: it gives the same rows on both databases, and by another plan. */
async function isDetermined(
  { sql }: GuardQuery,
  { base, candidate }: Pick<SessionRequest, 'base' | 'candidate'>,
  params: GuardQuery['params'][number],
): Promise<boolean> {
  const ask = async (arm: typeof base): Promise<string | undefined> => {
    try {
      return (await referenceRows(arm.sql, sql, params, { ordered: false, limitMs: GUARD_LIMIT_MS })).sha256;
    } catch (error) {
      if (!isDatabaseError(error)) throw error;
      return undefined;
    }
  };
  const set = (how: (name: string) => string) => base.sql.run(OTHER_PLAN.map(how).join('; '));
  const ours = await ask(base);
  await set((name) => `SET ${name} = off`);
  const otherwise = await ask(base);
  await set((name) => `RESET ${name}`);
  // A patch that has the base SQL fail or take too long must not make its own rows a matter of choice.
  const theirs = (await ask(candidate)) ?? ours;
  return ours !== undefined && ours === otherwise && ours === theirs;
}
