import path from 'node:path';
import { z } from 'zod';
import { readCase } from '../../datasets/cases/case-folder.ts';
import { loadTarget } from '../../loops/target/load-target.ts';
import { findDataset, readVersion } from '../../loops/workflows/find-dataset.ts';
import { configPath } from '../config-path.ts';
import { DatasetDocument, describeDataset } from '../dataset-document.ts';
import { defineCommand } from '../define-command.ts';
import { formatCount, formatMs } from '../format-figures.ts';
import { renderTable } from '../render-table.ts';

/** Hidden variants are counted, never shown: whoever reads this may be a fixer's terminal. */
const DatasetShow = DatasetDocument.extend({
  cases: z.array(
    DatasetDocument.shape.cases.element.extend({
      query: z.string(),
      objectiveMs: z.number(),
      baseMs: z.number(),
      visible: z.int(),
      hidden: z.int(),
    }),
  ),
});
type DatasetShow = z.infer<typeof DatasetShow>;

export const datasetShowCommand = defineCommand({
  name: 'dataset show',
  summary: 'the cases of a frozen version',
  examples: [
    'whetstone dataset show',
    'whetstone dataset show flights@v1',
    'whetstone dataset show frontier',
  ],
  args: [
    { notation: '[dataset]', describe: "NAME or NAME@vN; the newest version of the target's own by default" },
  ],
  options: [],
  input: z.object({ dataset: z.string().optional() }),
  output: DatasetShow,
  async run({ dataset: reference }, context) {
    const target = await loadTarget(configPath(context));
    const found = await findDataset(target, reference);
    const frozen = describeDataset(await readVersion(found), found.folder);
    const cases: DatasetShow['cases'] = [];
    for (const one of frozen.cases) {
      const read = await readCase(path.join(found.folder, 'cases', one.id));
      cases.push({
        ...one,
        query: read.query,
        objectiveMs: read.objectiveMs,
        baseMs: read.baseMs,
        visible: read.visible.length,
        hidden: read.hidden.length,
      });
    }
    const document = { ...frozen, cases };
    return { document, text: renderDataset(document, process.stdout.columns ?? 120), exitCode: 0 };
  },
});

function renderDataset({ cases, ...dataset }: DatasetShow, columns: number): string {
  const rows = cases.map((one) => [
    one.id,
    one.split,
    formatMs(one.baseMs),
    formatMs(one.objectiveMs),
    `${one.visible} + ${one.hidden} hidden`,
    one.note === undefined ? one.sha256 : `${one.sha256.slice(0, 12)} ${one.note}`,
  ]);
  return [
    `${dataset.name}@v${dataset.version}: ${formatCount(cases.length, 'case')}, frozen ${dataset.frozenAt}`,
    `sha256 ${dataset.sha256}`,
    dataset.folder,
    '',
    ...renderTable(['case', 'split', 'base', 'objective', 'variants', 'sha256'], rows, {
      columns,
      right: [2, 3],
    }),
  ].join('\n');
}
