import { z } from 'zod';
import { defineCommand } from '../define-command.ts';
import { openWorkspace } from '../open-workspace.ts';
import { choosePullRequest, describePullRequest, PullRequest } from '../pull-request.ts';

export const prShowCommand = defineCommand({
  name: 'pr show',
  summary: 'a pull request with its evidence',
  examples: ['whetstone pr show 1', "whetstone pr show 1 --json | jq -r '.prs[0].body'"],
  args: [{ notation: '<id>', describe: 'its number, or its branch' }],
  options: [],
  input: z.object({ id: z.string() }),
  output: z.strictObject({
    prs: z.array(PullRequest.extend({ body: z.string(), patch: z.string() })).length(1),
  }),
  async run({ id }, context) {
    await using workspace = await openWorkspace(context, { begun: true });
    const { state, target } = workspace;
    const record = choosePullRequest(await state.publications.pullRequests(), id);
    const pr = await describePullRequest(state, record);
    const patch = (await state.candidates.find(record.candidateId))?.patch ?? '';
    const text = [
      `#${pr.id} ${pr.state} · ${pr.verdict ?? 'no verdict'} · ${pr.branch} at ${pr.commit.slice(0, 12)}${pr.url ? ` · ${pr.url}` : ''}`,
      '',
      record.body.trim(),
      '',
      `next: git fetch ${target.remote} ${pr.branch} && git diff ...FETCH_HEAD`,
    ].join('\n');
    return { document: { prs: [{ ...pr, body: record.body, patch }] }, text, exitCode: 0 };
  },
});
