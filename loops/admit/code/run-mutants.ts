import { type CodeCase, testIdsOf } from '../../../datasets/cases/code-case.ts';
import { seededRandom } from '../../gate/statistics/seeded-random.ts';
import { digest } from '../../target/export-target.ts';
import type { ScratchRepository } from '../../target/scratch-repository.ts';
import { runSuiteTogether } from '../../verify/code/run-suite-together.ts';
import { outcomeOf, type SuiteRun } from '../../verify/code/suite-run.ts';
import type { CodeContext } from '../../workflows/code-context.ts';
import type { CaseGrounds } from './case-grounds.ts';
import { drawMutants } from './draw-mutants.ts';
import type { MutantRun } from './judge-mutants.ts';
import { type Trial, takeRound } from './rounds.ts';
import { withArm } from './with-arm.ts';

/**
 * Runs the mutants of the cases' oracles beside the tests. Cases whose oracles change different files share a run, one mutant of each
 * in it; where such a run gives no report, each of its mutants is run by itself.
 */
export async function runMutants(
  context: CodeContext,
  scratch: ScratchRepository,
  cases: readonly { draft: CodeCase; grounds: CaseGrounds }[],
): Promise<Map<string, MutantRun[]>> {
  const killed = new Map<string, MutantRun[]>();
  const open: Trial[] = [];
  for (const { draft, grounds } of cases) {
    const [solution] = grounds.solutions;
    if (!solution) continue;
    killed.set(draft.id, []);
    const random = seededRandom(Number.parseInt(digest(draft.id, context.images.revision).slice(0, 8), 16));
    for (const drawn of drawMutants(solution.oracle, solution.part, random))
      open.push({ draft, solution, ...drawn });
  }
  const judge = (trials: readonly Trial[], run: SuiteRun): void => {
    for (const { draft, solution, mutant, beside } of trials) {
      const isKilled = [...testIdsOf(draft), ...solution.guards].some(
        (id) => outcomeOf(run, id) !== 'passed',
      );
      killed.get(draft.id)?.push({ mutant, beside: beside === true, killed: isKilled });
    }
  };
  while (open.length > 0) {
    const round = takeRound(open);
    context.progress(`mutants of ${round.length} oracles, ${open.length} to go`);
    const run = await runTrials(context, scratch, round);
    if (run.ended === 'reported' || round.length === 1) judge(round, run);
    else for (const trial of round) judge([trial], await runTrials(context, scratch, [trial]));
  }
  return killed;
}

async function runTrials(
  context: CodeContext,
  scratch: ScratchRepository,
  trials: readonly Trial[],
): Promise<SuiteRun> {
  const oracle = trials[0]?.solution.oracle;
  if (!oracle) throw new Error('a round of no mutants');
  const tree = await scratch.treeOf(oracle.patch, oracle.name);
  const texts = new Map(trials.map(({ mutant }) => [mutant.file, mutant.apply()]));
  const mutated = await scratch.treeWith(tree, texts);
  const patch = await scratch.patchOf(mutated, await scratch.changed(mutated));
  return withArm(context, patch, (code) =>
    runSuiteTogether(context, { code, purpose: 'mutants of oracles' }),
  );
}
