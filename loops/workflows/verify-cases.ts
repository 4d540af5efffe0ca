import path from 'node:path';
import { equalRows } from '../../datasets/cases/canonical-rows.ts';
import type { QueryCase, Variant } from '../../datasets/cases/case.ts';
import { readCase } from '../../datasets/cases/case-folder.ts';
import type { Finding } from '../../datasets/cases/dataset.ts';
import { failsBefore, twoRightSolutions } from '../admit/admit-case.ts';
import type { Arm } from '../target/arm.ts';
import { ArmPool } from '../target/arm-pool.ts';
import { inRollback, replay } from '../verify/in-rollback.ts';
import { REFERENCE_LIMIT_MS, type Reference, referenceRows } from '../verify/reference.ts';
import type { LoopContext } from './context.ts';

/**
 * Runs what frozen cases of slow queries claim of the base: that its own SQL gives the frozen rows on every variant, in whichever
 * physical order they lie, after the writes of those that write, and by two other ways to the same answer; and that it is
 * slower than the objective in every trial. `ids` are those whose bytes are as they were frozen.
 */
export async function verifyCases(
  context: LoopContext,
  { folder, ids }: { folder: string; ids: readonly string[] },
): Promise<Finding[]> {
  const { engine, target, images, progress, signal } = context;
  await using arms = new ArmPool(target.config, { purpose: 'verify', signal });
  const findings: Finding[] = [];
  for (const id of ids) {
    progress(`running ${id}`);
    const queryCase = await readCase(path.join(folder, 'cases', id));
    const problems = await arms.lend(engine, images.base, (base) =>
      arms.lend(engine, images.shuffled, (shuffled) => problemsOf(queryCase, { base, shuffled }, signal)),
    );
    for (const problem of problems) findings.push({ case: id, path: '', problem });
  }
  return findings;
}

async function problemsOf(
  queryCase: QueryCase,
  { base, shuffled }: { base: Arm; shuffled: Arm },
  signal: AbortSignal,
): Promise<string[]> {
  const problems: string[] = [];
  for (const variant of [...queryCase.visible, ...queryCase.hidden]) {
    signal.throwIfAborted();
    const problem = await rowsProblem(queryCase, variant, { base, shuffled });
    if (problem !== undefined) problems.push(`${variant.id}: ${problem}`);
  }
  const checks = [await twoRightSolutions(queryCase, base), await failsBefore(queryCase, base)];
  return [...problems, ...checks.filter(({ passed }) => !passed).map(({ detail }) => detail)];
}

/** What is wrong with the rows of a variant; undefined where nothing is. */
async function rowsProblem(
  queryCase: QueryCase,
  variant: Variant,
  { base, shuffled }: { base: Arm; shuffled: Arm },
): Promise<string | undefined> {
  const here = await rightRows(base, queryCase, variant);
  if (here === undefined) return 'the base SQL fails on it';
  if (here.sha256 !== variant.sha256) return 'the base SQL gives other rows than were frozen';
  const there = await rightRows(shuffled, queryCase, variant);
  if (there === undefined) return 'the base SQL fails on a shuffled copy';
  if (there.sha256 === variant.sha256) return undefined;
  // The last digit of a sum depends on the order of its terms.
  return equalRows(here.result, there.result, { ordered: queryCase.ordered }).equal
    ? undefined
    : 'the base SQL gives other rows on a shuffled copy';
}

/** Undefined where the database refuses the statement. */
const rightRows = (
  arm: Arm,
  { sql, ordered }: QueryCase,
  { params, writes }: Variant,
): Promise<Reference | undefined> =>
  inRollback(arm.sql, async () => {
    await replay(arm.sql, writes);
    return referenceRows(arm.sql, sql, params, { ordered, limitMs: REFERENCE_LIMIT_MS });
  });
