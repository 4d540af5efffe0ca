import path from 'node:path';
import { z } from 'zod';
import { readCase } from '../../datasets/cases/case-folder.ts';
import { readCodeCase } from '../../datasets/cases/code-case-folder.ts';
import { isCodeTarget, loadAnyTarget } from '../../loops/target/load-target.ts';
import { findDataset, readVersion } from '../../loops/workflows/find-dataset.ts';
import { configPath } from '../config-path.ts';
import { DatasetDocument, describeDataset } from '../dataset-document.ts';
import { defineCommand } from '../define-command.ts';
import { formatCount, formatMs } from '../format-figures.ts';
import { renderTable } from '../render-table.ts';

/** Query and times are null for a case of code; its variants are tests. */
const CaseFacts = z.strictObject({
  query: z.string().nullable(),
  objectiveMs: z.number().nullable(),
  baseMs: z.number().nullable(),
  visible: z.int(),
  hidden: z.int(),
});
type CaseFacts = z.infer<typeof CaseFacts>;

/** Hidden variants are counted, never shown: whoever reads this may be a fixer's terminal. */
const DatasetShow = DatasetDocument.extend({
  cases: z.array(DatasetDocument.shape.cases.element.extend(CaseFacts.shape)),
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
    const target = await loadAnyTarget(configPath(context));
    const found = await findDataset(target, reference);
    const frozen = describeDataset(await readVersion(found), found.folder);
    const cases: DatasetShow['cases'] = [];
    for (const one of frozen.cases) {
      const folder = path.join(found.folder, 'cases', one.id);
      cases.push({ ...one, ...(isCodeTarget(target) ? await codeFacts(folder) : await queryFacts(folder)) });
    }
    const document = { ...frozen, cases };
    return { document, text: renderDataset(document, process.stdout.columns ?? 120), exitCode: 0 };
  },
});

async function queryFacts(folder: string): Promise<CaseFacts> {
  const { query, objectiveMs, baseMs, visible, hidden } = await readCase(folder);
  return { query, objectiveMs, baseMs, visible: visible.length, hidden: hidden.length };
}

async function codeFacts(folder: string): Promise<CaseFacts> {
  const { visible, hidden } = await readCodeCase(folder);
  return { query: null, objectiveMs: null, baseMs: null, visible: visible.length, hidden: hidden.length };
}

function renderDataset({ cases, ...dataset }: DatasetShow, columns: number): string {
  const rows = cases.map((one) => [
    one.id,
    one.split,
    one.baseMs === null ? '' : formatMs(one.baseMs),
    one.objectiveMs === null ? '' : formatMs(one.objectiveMs),
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
