import path from 'node:path';
import { z } from 'zod';
import type { QueryCase } from '../../datasets/cases/case.ts';
import { readCase } from '../../datasets/cases/case-folder.ts';
import { Fault } from '../../datasets/fault.ts';
import { digest } from '../../loops/target/export-target.ts';
import { findDataset, readVersion } from '../../loops/workflows/find-dataset.ts';
import { defineCommand } from '../define-command.ts';
import { collectMatrix, Matrix } from '../matrix/collect-matrix.ts';
import { renderCaseMatrix, renderMatrix } from '../matrix/render-matrix.ts';
import { openWorkspace } from '../open-workspace.ts';
import { withWorkflows } from '../run-loop.ts';

export const matrixCommand = defineCommand({
  name: 'matrix',
  summary: 'every plan that was tried on every case, the best of each row marked',
  examples: [
    'whetstone matrix',
    'whetstone matrix --dataset frontier',
    'whetstone matrix --exhaustive',
    "whetstone matrix --json | jq '.best[]'",
  ],
  args: [{ notation: '[case]', describe: 'every plan of this case' }],
  options: [
    {
      notation: '--dataset <dataset>',
      describe: "NAME or NAME@vN; the newest version of the target's own by default",
    },
    {
      notation: '--exhaustive',
      describe:
        'first try every plan of every kind, also of those that the configuration does not allow; resumable',
    },
  ],
  input: z.object({
    case: z.string().optional(),
    dataset: z.string().optional(),
    exhaustive: z.boolean().default(false),
  }),
  output: Matrix,
  async run({ case: wanted, dataset: reference, exhaustive }, context) {
    await using workspace = await openWorkspace(context, { begun: true });
    const { target, state } = workspace;
    const found = await findDataset(target, reference);
    const dataset = await readVersion(found);
    const ids = dataset.cases.map(({ id }) => id);
    if (wanted !== undefined && !ids.includes(wanted)) {
      throw new Fault('no-such-case', `${dataset.name}@v${dataset.version} has no case ${wanted}`, {
        hint: `it has: ${ids.join(', ')}`,
      });
    }
    const cases: QueryCase[] = [];
    for (const id of wanted === undefined ? ids : [wanted]) {
      cases.push(await readCase(path.join(found.folder, 'cases', id)));
    }
    if (exhaustive) {
      await withWorkflows(workspace, context, ({ fillMatrix }, loop) => {
        const facts = [dataset.sha256, loop.images.revision, JSON.stringify(target.config)];
        const id = `matrix-${digest(...facts, cases.map((one) => one.id).join()).slice(0, 16)}`;
        return fillMatrix.run(
          id,
          id,
          cases.map((one) => one.id),
        );
      });
    }
    const document = collectMatrix(dataset, cases, await state.cells.list());
    if (document.cells.length === 0) {
      throw new Fault(
        'no-cells',
        `no plan was tried on ${wanted ?? `${dataset.name}@v${dataset.version}`} yet`,
        { hint: 'run `whetstone loop`: its explorer fills the matrix' },
      );
    }
    const columns = process.stdout.columns ?? 160;
    const text = wanted === undefined ? renderMatrix(document, columns) : renderCaseMatrix(document, columns);
    return { document, text, exitCode: 0 };
  },
});
