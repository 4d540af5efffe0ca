import { runSuite, type SuiteRequest } from '../../verify/code/run-suite.ts';
import { runSuiteTogether } from '../../verify/code/run-suite-together.ts';
import type { SuiteRun } from '../../verify/code/suite-run.ts';
import type { Variation } from '../../verify/code/variation.ts';
import type { CodeContext } from '../../workflows/code-context.ts';
import { clockMoves } from './clock-moves.ts';

/** Trials of the base, all of which a case must fail (gate.md: 5 of 5 still admits a pass rate of 45 %). */
const BASE_TRIALS = 10;
/** So many of them are of all tests, and the others of those that fail: the varied runs say of the others that they are steady. */
const WHOLE_TRIALS = 3;
const BESIDE_TRIALS = 3;

/** A run of the base in which something is another way. */
export interface VariedRun {
  check: 'deterministic' | 'not-dated';
  what: string;
  run: SuiteRun;
}

/** What all cases of a revision are admitted by. */
export interface BaseRuns {
  /** In one process with the code. */
  beside: SuiteRun[];
  /** As a verdict runs them. */
  plain: SuiteRun[];
  /** The same, of the files in which a test fails. */
  failing: SuiteRun[];
  varied: VariedRun[];
}

const SURROUNDINGS: readonly { check: VariedRun['check']; what: string; variation: Variation }[] = [
  { check: 'deterministic', what: 'in another order', variation: { shuffle: 1 } },
  { check: 'deterministic', what: 'in a third order', variation: { shuffle: 2 } },
  { check: 'deterministic', what: 'in another time zone', variation: { timeZone: 'Asia/Kathmandu' } },
  { check: 'deterministic', what: 'on a third of a processor', variation: { cpus: 0.34 } },
];

/** The base's tests by the target's own command, in one process with the code: what fails here is the signal. */
export function runBaseTogether(context: CodeContext, purpose: string): Promise<SuiteRun> {
  context.progress(purpose);
  return runSuiteTogether(context, { code: context.images.base, purpose });
}

/**
 * After that first run, again and again as a verdict runs them, and then with order, time zone, processor and clock another
 * way. `files` are those in which a test fails.
 */
export async function runBase(
  context: CodeContext,
  { first, files }: { first: SuiteRun; files: readonly string[] },
): Promise<BaseRuns> {
  const runs: BaseRuns = { beside: [first], plain: [], failing: [], varied: [] };
  const apart = context.images.tests !== null;
  for (let at = 2; apart && at <= BESIDE_TRIALS; at++)
    runs.beside.push(await runBaseTogether(context, `tests beside the base, ${at} of ${BESIDE_TRIALS}`));
  for (let at = 1; at <= BASE_TRIALS; at++) {
    const purpose = `base trial ${at} of ${BASE_TRIALS}`;
    if (at <= WHOLE_TRIALS) runs.plain.push(await run(context, purpose));
    else runs.failing.push(await run(context, purpose, { files }));
  }
  runs.varied = await runVaried(context.now(), (what, variation) =>
    run(context, `base trial ${what}`, { variation }),
  );
  return runs;
}

/** One run of each variation; `now` is what the clock says today. */
export async function runVaried(
  now: Date,
  runIt: (what: string, variation: Variation) => Promise<SuiteRun>,
): Promise<VariedRun[]> {
  const varied: VariedRun[] = [];
  const dated = clockMoves(now).map(({ what, days }) => ({
    check: 'not-dated' as const,
    what,
    variation: { days },
  }));
  for (const { check, what, variation } of [...SURROUNDINGS, ...dated])
    varied.push({ check, what, run: await runIt(what, variation) });
  return varied;
}

function run(
  context: CodeContext,
  purpose: string,
  only: Pick<SuiteRequest, 'variation' | 'files'> = {},
): Promise<SuiteRun> {
  context.progress(purpose);
  return runSuite(context, { code: context.images.base, purpose, ...only });
}
