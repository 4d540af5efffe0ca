import { z } from 'zod';
import { Split } from '../../datasets/cases/case.ts';
import { evaluate } from '../../loops/workflows/evaluate.ts';
import { findDataset } from '../../loops/workflows/find-dataset.ts';
import { defineCommand } from '../define-command.ts';
import { openLoop, openWorkspace } from '../open-workspace.ts';
import { readPatchFile } from '../read-patch.ts';

export const evalCommand = defineCommand({
  name: 'eval',
  summary: "trials of a dataset's cases on a revision or a patch: no comparison, no verdict",
  examples: [
    'whetstone eval --dataset flights',
    'whetstone eval --dataset flights@v1 --rev my-branch --trials 5 --json',
  ],
  args: [],
  options: [
    {
      notation: '--dataset <name>',
      describe: "NAME or NAME@vN; by default the newest version of the target's own",
    },
    { notation: '--rev <revision>', describe: 'by default the base branch of the configuration' },
    { notation: '--patch <file>', describe: 'a git patch on top of the revision, - for stdin' },
    { notation: '--trials <n>', describe: 'of each variant, each round in a fresh container (3)' },
  ],
  input: z.object({
    dataset: z.string().optional(),
    rev: z.string().optional(),
    patch: z.string().optional(),
    trials: z.coerce.number().int().min(1).max(100).default(3),
  }),
  output: z.object({
    run: z.string(),
    dataset: z.string(),
    version: z.int(),
    sha256: z.string(),
    revision: z.string(),
    patchSha256: z.string().nullable(),
    /** Share of the cases that pass most of their trials. */
    passRate: z.number(),
    cases: z.array(
      z.object({
        id: z.string(),
        split: Split,
        trials: z.int(),
        passed: z.int(),
        failed: z.int(),
        timedOut: z.int(),
        invalid: z.int(),
        infraErrors: z.int(),
        medianMs: z.number().nullable(),
      }),
    ),
  }),
  async run(input, context) {
    await using workspace = await openWorkspace(context);
    const { target } = workspace;
    const { root, version } = await findDataset(target, input.dataset);
    const patch = input.patch === undefined ? null : await readPatchFile(input.patch, context.cwd);
    const loop = await openLoop(workspace, context);
    const evaluation = await evaluate(loop, {
      root,
      version,
      trials: input.trials,
      patch,
      ...(input.rev === undefined ? {} : { revision: input.rev }),
    });
    const width = Math.max(4, ...evaluation.cases.map(({ id }) => id.length));
    const lines = evaluation.cases.map(
      (one) =>
        `${one.id.padEnd(width)}  ${String(one.passed).padStart(3)} of ${one.trials} trials pass${one.medianMs === null ? '' : `  median ${one.medianMs.toFixed(1)} ms`}`,
    );
    const text = `${lines.join('\n')}\n${(evaluation.passRate * 100).toFixed(0)} % of the cases of ${evaluation.dataset}@v${version} pass on ${evaluation.revision.slice(0, 12)}`;
    return { document: evaluation, text, exitCode: 0 };
  },
});
