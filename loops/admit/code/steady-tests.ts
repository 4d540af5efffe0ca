import { outcomeOf, type SuiteRun } from '../../verify/code/suite-run.ts';
import type { BaseRuns } from './base-runs.ts';

export interface SteadyTests {
  /** Pass in every run of all tests as a verdict makes it: what has to go on passing. */
  passing: string[];
  /** Pass in every run beside the code. */
  passingBeside: string[];
  /** Fail in every trial. Tests that do now one, now the other are nobody's measure. */
  failing: Set<string>;
}

export function steadyTests({ beside, plain, failing, varied }: BaseRuns): SteadyTests {
  const always = (outcome: 'passed' | 'failed', runs: readonly SuiteRun[]) => {
    const seen = runs.flatMap((run) => (run.ended === 'reported' ? run.report.tests : []));
    const ids = [...new Set(seen.map(({ id }) => id))];
    return ids.filter((id) => runs.every((run) => outcomeOf(run, id) === outcome)).sort();
  };
  return {
    passing: always('passed', [...plain, ...varied.map(({ run }) => run)]),
    passingBeside: always('passed', beside),
    failing: new Set(always('failed', [...plain, ...failing])),
  };
}
