import { z } from 'zod';
import { readCase } from '../../datasets/cases/case-folder.ts';
import { readCodeCase } from '../../datasets/cases/code-case-folder.ts';
import { isCodeTarget, loadAnyTarget } from '../../loops/target/load-target.ts';
import { findDataset } from '../../loops/workflows/find-dataset.ts';
import { refreezeDataset } from '../../loops/workflows/refreeze-dataset.ts';
import { configPath } from '../config-path.ts';
import { DatasetDocument, describeDataset } from '../dataset-document.ts';
import { defineCommand } from '../define-command.ts';
import { formatCount } from '../format-figures.ts';

export const datasetFreezeCommand = defineCommand({
  name: 'dataset freeze',
  summary: "make edits in the newest version's folder its next version, and put the frozen one back",
  examples: ['whetstone dataset freeze', 'whetstone dataset freeze frontier --json'],
  args: [{ notation: '[dataset]', describe: "the dataset's name; the target's own by default" }],
  options: [],
  input: z.object({
    dataset: z
      .string()
      .regex(/^[^@]*$/, 'a name without a version: only the newest can be frozen anew')
      .optional(),
  }),
  output: DatasetDocument.extend({
    /** False where nothing was edited: this is the newest version as it was. */
    changed: z.boolean(),
  }),
  async run({ dataset: reference }, context) {
    const target = await loadAnyTarget(configPath(context));
    const found = await findDataset(target, reference);
    const { dataset, changed } = await refreezeDataset(found, {
      datasets: target.datasets,
      now: new Date(),
      readCase: isCodeTarget(target) ? readCodeCase : readCase,
    });
    const folder = found.folder.replace(/v\d+$/, `v${dataset.version}`);
    const name = `${dataset.name}@v${dataset.version}`;
    const edited = dataset.cases.filter(({ note }) =>
      note?.includes(`by hand after v${found.version}`),
    ).length;
    const text = changed
      ? `Froze ${name}: ${formatCount(dataset.cases.length, 'case')}, ${edited} edited or added by hand; v${found.version} is as it was frozen again.\nnext: whetstone dataset diff ${dataset.name}@v${found.version} ${name}`
      : `Nothing was edited: ${name} stays the newest.`;
    return { document: { ...describeDataset(dataset, folder), changed }, text, exitCode: 0 };
  },
});
