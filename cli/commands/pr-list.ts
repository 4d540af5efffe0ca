import { z } from 'zod';
import { formatSpeedup } from '../../loops/workflows/format-speedup.ts';
import { defineCommand } from '../define-command.ts';
import { openWorkspace } from '../open-workspace.ts';
import { describePullRequest, PullRequest } from '../pull-request.ts';
import { renderTable } from '../render-table.ts';

export const prListCommand = defineCommand({
  name: 'pr list',
  summary: 'the branches that accepted candidates became, and what became of them',
  examples: ['whetstone pr list', 'whetstone pr list --json | jq \'.prs[] | select(.state == "open")\''],
  args: [],
  options: [],
  input: z.object({}),
  output: z.strictObject({ prs: z.array(PullRequest) }),
  async run(_, context) {
    await using workspace = await openWorkspace(context, { begun: true });
    const { state, target } = workspace;
    const prs: PullRequest[] = [];
    for (const record of await state.publications.pullRequests()) {
      prs.push(await describePullRequest(state, record));
    }
    return { document: { prs }, text: renderList(prs, target.remote), exitCode: 0 };
  },
});

function renderList(prs: readonly PullRequest[], remote: string): string {
  if (prs.length === 0) return 'No candidate was accepted yet.\nnext: whetstone loop · whetstone matrix';
  const rows = prs.map((pr) => [
    String(pr.id),
    pr.state,
    pr.verdict ?? '–',
    formatSpeedup(pr.speedup),
    pr.branch,
    pr.title,
  ]);
  return [
    ...renderTable(['#', 'state', 'verdict', 'speed-up', 'branch', 'title'], rows, {
      columns: process.stdout.columns ?? 160,
      right: [0, 3],
    }),
    '',
    `The branches are in ${prs.find(({ url }) => url)?.url ?? remote}.`,
    `next: whetstone pr show ${prs[0]?.id}`,
  ].join('\n');
}
