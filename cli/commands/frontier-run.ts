import { z } from 'zod';
import { listVersions, readDataset } from '../../datasets/cases/dataset.ts';
import { PlanKind } from '../../datasets/cases/plan-kind.ts';
import { Fault } from '../../datasets/fault.ts';
import { digest } from '../../loops/target/export-target.ts';
import { evaluate, passesMostTrials } from '../../loops/workflows/evaluate.ts';
import { formatSpeedup } from '../../loops/workflows/format-speedup.ts';
import { frontierRoot } from '../../loops/workflows/freeze-cases.ts';
import { type FrontierRequest, FrontierRun } from '../../loops/workflows/frontier-run.ts';
import { defineCommand } from '../define-command.ts';
import { describeFrontierCase, FrontierCase } from '../frontier-case.ts';
import { openLoop, openWorkspace } from '../open-workspace.ts';
import { readPatchFile } from '../read-patch.ts';
import { withWorkflows } from '../run-loop.ts';

const TRIALS = 3;

export const frontierRunCommand = defineCommand({
  name: 'frontier run',
  summary: 'the still-failing cases again: on a revision, on a patch, or with more kinds of change allowed',
  examples: [
    'whetstone frontier run --with engine',
    'whetstone frontier run --rev my-branch',
    'whetstone frontier run --patch my.patch --json',
  ],
  args: [],
  options: [
    { notation: '--with <kind...>', describe: `let the explorer also use: ${PlanKind.options.join(', ')}` },
    { notation: '--rev <revision>', describe: 'run the cases on this revision instead of exploring' },
    {
      notation: '--patch <file>',
      describe: 'run the cases on the base with this patch instead of exploring',
    },
  ],
  input: z.object({
    with: z.array(PlanKind).default([]),
    rev: z.string().optional(),
    patch: z.string().optional(),
  }),
  output: FrontierRun.extend({
    dataset: z.string(),
    version: z.int(),
    sha256: z.string(),
    cases: z.array(FrontierCase.extend(FrontierRun.shape.cases.element.shape)),
  }),
  async run(input, context) {
    await using workspace = await openWorkspace(context);
    const { target } = workspace;
    const root = frontierRoot(target.datasets);
    const newest = (await listVersions(root)).at(-1);
    if (newest === undefined) {
      throw new Fault(
        'no-frontier',
        `${target.name} has no frontier: nothing was left failing, or no loop has ended.`,
        {
          hint: 'Run `whetstone loop` first.',
        },
      );
    }
    const { name, version, sha256, cases } = await readDataset(root, newest);
    const ids = cases.map(({ id }) => id);
    const run: FrontierRun =
      input.rev !== undefined || input.patch !== undefined
        ? await onCode(newest, ids)
        : await withWorkflows(workspace, context, ({ frontierRun }, loop) => {
            const request: FrontierRequest = { version: newest, cases: ids, with: input.with };
            const id = `frontier-${digest(sha256, loop.images.revision, JSON.stringify(request), JSON.stringify(target.config)).slice(0, 16)}`;
            return frontierRun.run(id, id, request);
          });

    // Trials on code that somebody names instead of the explorer's plans.
    async function onCode(version: number, caseIds: string[]): Promise<FrontierRun> {
      const loop = await openLoop(workspace, context);
      const patch = input.patch === undefined ? null : await readPatchFile(input.patch, context.cwd);
      const results = await evaluate(loop, {
        root,
        version,
        cases: caseIds,
        trials: TRIALS,
        patch,
        ...(input.rev === undefined ? {} : { revision: input.rev }),
      });
      return {
        with: [],
        cases: results.cases.map((one) => ({
          id: one.id,
          fell: passesMostTrials(one),
          plan: null,
          speedup: null,
          detail: `${one.passed} of ${one.trials} trials pass`,
        })),
      };
    }

    const fell = run.cases.filter((one) => one.fell).length;
    const lines = [
      `${name}@v${version}: ${fell} of ${run.cases.length} fell`,
      ...run.cases.map(
        (one) =>
          `  ${one.fell ? 'fell ' : 'stays'} ${one.id}${one.plan ? `: ${one.plan}, ${formatSpeedup(one.speedup)}` : `: ${one.detail}`}`,
      ),
    ];
    const records = await workspace.state.publications.frontier(version);
    const told = run.cases.map((one) => ({
      ...describeFrontierCase(
        one.id,
        records.find(({ caseId }) => caseId === one.id),
      ),
      ...one,
      outcome: one.fell ? 'fell' : one.detail,
    }));
    return {
      document: { ...run, dataset: name, version, sha256, cases: told },
      text: lines.join('\n'),
      exitCode: 0,
    };
  },
});
