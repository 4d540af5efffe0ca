import { runSuite } from '../../verify/code/run-suite.ts';
import { runSuiteTogether } from '../../verify/code/run-suite-together.ts';
import type { SuiteRun } from '../../verify/code/suite-run.ts';
import type { Variation } from '../../verify/code/variation.ts';
import type { CodeContext } from '../../workflows/code-context.ts';

/** Trials of the base, all of which a case must fail (gate.md: 5 of 5 still admits a pass rate of 45 %). */
const BASE_TRIALS = 10;

const YEAR_DAYS = 365;

/** A run of the base in which something is another way. */
export interface VariedRun {
  check: 'deterministic' | 'not-dated';
  what: string;
  run: SuiteRun;
}

/** What all cases of a revision are admitted by: every run tells of every test. */
export interface BaseRuns {
  /** As a verdict runs them. */
  plain: SuiteRun[];
  varied: VariedRun[];
}

const VARIATIONS: readonly { check: VariedRun['check']; what: string; variation: Variation }[] = [
  { check: 'deterministic', what: 'in another order', variation: { shuffle: 1 } },
  { check: 'deterministic', what: 'in a third order', variation: { shuffle: 2 } },
  { check: 'deterministic', what: 'in another time zone', variation: { timeZone: 'Asia/Kathmandu' } },
  { check: 'deterministic', what: 'on a third of a processor', variation: { cpus: 0.34 } },
  { check: 'not-dated', what: 'a year from now', variation: { days: YEAR_DAYS } },
  { check: 'not-dated', what: 'five years from now', variation: { days: 5 * YEAR_DAYS } },
  { check: 'not-dated', what: 'a year ago', variation: { days: -YEAR_DAYS } },
];

/** The base's tests by the target's own command, in one process with the code: what fails here is the signal. */
export function runBaseTogether(context: CodeContext): Promise<SuiteRun> {
  context.progress('running the tests of the base');
  return runSuiteTogether(context, { code: context.images.base, purpose: 'tests of the base' });
}

/** After that, again and again as a verdict runs them, and then with order, time zone, processor and clock another way. */
export async function runBase(context: CodeContext): Promise<BaseRuns> {
  const plain: SuiteRun[] = [];
  for (let at = 1; at <= BASE_TRIALS; at++)
    plain.push(await run(context, `base trial ${at} of ${BASE_TRIALS}`));
  const varied: VariedRun[] = [];
  for (const { check, what, variation } of VARIATIONS) {
    varied.push({ check, what, run: await run(context, `base trial ${what}`, variation) });
  }
  return { plain, varied };
}

function run(context: CodeContext, purpose: string, variation?: Variation): Promise<SuiteRun> {
  context.progress(purpose);
  return runSuite(context, { code: context.images.base, purpose, ...(variation ? { variation } : {}) });
}
