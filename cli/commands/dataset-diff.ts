import { z } from 'zod';
import { Split } from '../../datasets/cases/case.ts';
import { compareDatasets } from '../../datasets/cases/compare-datasets.ts';
import { loadAnyTarget } from '../../loops/target/load-target.ts';
import { findDataset, readVersion } from '../../loops/workflows/find-dataset.ts';
import { configPath } from '../config-path.ts';
import { defineCommand } from '../define-command.ts';
import { formatCount } from '../format-figures.ts';

const Side = z.strictObject({ name: z.string(), version: z.int(), sha256: z.string() });

const DatasetDiff = Side.extend({
  /** The version that it is compared with; `name`, `version` and `sha256` are those of the second. */
  from: Side,
  unchanged: z.int(),
  cases: z.array(
    z.strictObject({
      id: z.string(),
      change: z.enum(['added', 'removed', 'changed']),
      split: Split,
      sha256: z.string(),
      files: z.array(z.string()),
    }),
  ),
});
type DatasetDiff = z.infer<typeof DatasetDiff>;

const marks = { added: '+', removed: '-', changed: '~' } as const;

export const datasetDiffCommand = defineCommand({
  name: 'dataset diff',
  summary: 'cases that were added, removed or changed from one version to another',
  examples: [
    'whetstone dataset diff flights@v1 flights@v2',
    'whetstone dataset diff flights frontier --json',
  ],
  args: [
    { notation: '<from>', describe: 'NAME or NAME@vN' },
    { notation: '<to>', describe: 'NAME or NAME@vN' },
  ],
  options: [],
  input: z.object({ from: z.string(), to: z.string() }),
  output: DatasetDiff,
  async run({ from, to }, context) {
    const target = await loadAnyTarget(configPath(context));
    const before = await readVersion(await findDataset(target, from));
    const after = await readVersion(await findDataset(target, to));
    const cases = compareDatasets(before, after);
    const kept = cases.filter(({ change }) => change !== 'added').length;
    const side = ({ name, version, sha256 }: typeof before) => ({ name, version, sha256 });
    const document = {
      ...side(after),
      from: side(before),
      unchanged: before.cases.length - kept,
      cases,
    };
    return { document, text: renderDiff(document), exitCode: 0 };
  },
});

function renderDiff({ from, cases, unchanged, ...to }: DatasetDiff): string {
  const lines = cases.flatMap(({ id, change, files }) => [
    `${marks[change]} ${id}`,
    ...(change === 'changed' ? files.map((file) => `    ${file}`) : []),
  ]);
  const count = (change: DatasetDiff['cases'][number]['change']) =>
    cases.filter((one) => one.change === change).length;
  return [
    `${from.name}@v${from.version} → ${to.name}@v${to.version}: ${count('added')} added, ${count('removed')} removed, ${count('changed')} changed, ${formatCount(unchanged, 'case')} the same`,
    ...lines,
  ].join('\n');
}
