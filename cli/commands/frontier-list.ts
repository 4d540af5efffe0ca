import { z } from 'zod';
import { listVersions, readDataset } from '../../datasets/cases/dataset.ts';
import { frontierRoot } from '../../loops/workflows/freeze-cases.ts';
import { defineCommand } from '../define-command.ts';
import { formatCount, formatMs } from '../format-figures.ts';
import { describeFrontierCase, FrontierCase } from '../frontier-case.ts';
import { openWorkspace } from '../open-workspace.ts';
import { renderTable } from '../render-table.ts';

const FrontierList = z.strictObject({
  dataset: z.string(),
  /** Null, as the hash is, where nothing was ever left on the frontier. */
  version: z.int().nullable(),
  sha256: z.string().nullable(),
  cases: z.array(FrontierCase),
});
type FrontierList = z.infer<typeof FrontierList>;

export const frontierListCommand = defineCommand({
  name: 'frontier list',
  summary: 'the cases that no candidate has brought under the objective, with the closest plan',
  examples: ['whetstone frontier list', "whetstone frontier list --json | jq '.cases[].id'"],
  args: [],
  options: [],
  input: z.object({}),
  output: FrontierList,
  async run(_, context) {
    await using workspace = await openWorkspace(context, { begun: true });
    const { target, state } = workspace;
    const root = frontierRoot(target.datasets);
    const version = (await listVersions(root)).at(-1);
    const frozen = version === undefined ? undefined : await readDataset(root, version);
    const records = frozen ? await state.publications.frontier(frozen.version) : [];
    const document: FrontierList = {
      dataset: frozen?.name ?? `${target.name}-frontier`,
      version: frozen?.version ?? null,
      sha256: frozen?.sha256 ?? null,
      cases: (frozen?.cases ?? []).map(({ id }) =>
        describeFrontierCase(
          id,
          records.find(({ caseId }) => caseId === id),
        ),
      ),
    };
    return { document, text: renderFrontier(document, process.stdout.columns ?? 120), exitCode: 0 };
  },
});

function renderFrontier({ dataset, version, sha256, cases }: FrontierList, columns: number): string {
  if (version === null) {
    return `${dataset}: nothing is on the frontier. What a loop leaves unsolved is frozen there.\nnext: whetstone loop`;
  }
  const rows = cases.map(({ id, since, bestAttempt, outcome }) => [
    id,
    since?.slice(0, 10) ?? '',
    bestAttempt ? formatMs(bestAttempt.medianMs) : '–',
    outcome ?? 'not run again',
    bestAttempt ? `${bestAttempt.kind}: ${bestAttempt.plan}` : 'no plan gave the right rows',
  ]);
  return [
    `${dataset}@v${version}: ${formatCount(cases.length, 'case')} · sha256 ${sha256?.slice(0, 12)}`,
    '',
    ...renderTable(['case', 'since', 'closest', 'last run', 'closest plan'], rows, { columns, right: [2] }),
    '',
    'next: whetstone frontier run --with engine · whetstone matrix --dataset frontier',
  ].join('\n');
}
