import type { CodeCase } from '../../../datasets/cases/code-case.ts';
import { revisionFiles, revisionTexts } from '../../target/revision-files.ts';
import { openScratch } from '../../target/scratch-repository.ts';
import type { CodeContext } from '../../workflows/code-context.ts';
import { admitCodeCase, type CodeAdmission, type Grounded } from './admit-code-case.ts';
import type { BaseRuns } from './base-runs.ts';
import { groundsOf } from './case-grounds.ts';
import { notWeak } from './judge-mutants.ts';
import { runMutants } from './run-mutants.ts';
import { type GivenOracle, readOracles, runOracles } from './run-oracles.ts';

/** Runs what admission asks of all drafts together, and decides each. One that is admitted holds its oracle, where one was given. */
export async function admitCodeCases(
  context: CodeContext,
  drafts: readonly CodeCase[],
  { runs, given }: { runs: BaseRuns; given: readonly GivenOracle[] },
): Promise<{ draft: CodeCase; admission: CodeAdmission }[]> {
  const { target, images } = context;
  await using scratch = await openScratch(target.path, images.revision);
  const files = await revisionFiles(target.path, images.revision);
  const texts = await revisionTexts(target.path, images.revision, files);
  const ran = await runOracles(context, await readOracles(context, { scratch, texts }, given), drafts);
  const standing: Grounded[] = [];
  const decided = drafts.map((draft) => {
    const grounded = { draft, grounds: groundsOf(draft, { ...ran, texts }) };
    const admission = admitCodeCase(grounded, runs, standing);
    if (admission.admitted) standing.push(grounded);
    return { ...grounded, admission };
  });
  const started = performance.now();
  const mutants = await runMutants(context, scratch, standing);
  const ms = (performance.now() - started) / Math.max(1, mutants.size);
  return decided.map(({ draft, grounds, admission }) => {
    if (!admission.admitted) return { draft, admission };
    const found = notWeak(mutants.get(draft.id) ?? null);
    const certificate = [...admission.certificate, { check: 'not-weak' as const, ...found, ms }];
    const oracle = grounds.solutions[0]?.oracle.patch ?? null;
    return { draft: { ...draft, oracle }, admission: { admitted: found.passed !== false, certificate } };
  });
}
