import type { TestReport } from '../../../datasets/reports/test-report.ts';
import type { TrialOutcome } from '../../gate/evidence.ts';

/** One run of all tests on one arm, in fresh containers. */
export type SuiteRun =
  /** The runner wrote its report; the report's own `problems` say what of it cannot be taken. */
  | {
      ended: 'reported';
      report: TestReport;
      /** The report as it was written. */
      text: string;
      /** What the code did besides what the tests ask: what it changed of the language, what it left in its container. */
      signs: string[];
      wallMs: number;
    }
  /** It was cut at the time limit, wrote too much or used up its memory; what it had reported by then counts for nothing. */
  | { ended: 'cut'; detail: string; wallMs: number }
  /** It ended without a report that can be read. */
  | { ended: 'no-report'; detail: string; wallMs: number };

/**
 * The outcome of one test in one run. Only `passed` in a report without problems is a pass: a test that is skipped,
 * missing, or in a file that broke has failed, and a limit that the code hit is the code's doing. `invalid`: there is no
 * report, or it contradicts itself.
 */
export function outcomeOf(run: SuiteRun, test: string): TrialOutcome {
  switch (run.ended) {
    case 'cut':
      return 'timed_out';
    case 'no-report':
      return 'invalid';
    case 'reported': {
      if (run.report.problems.length > 0) return 'invalid';
      const found = run.report.tests.find(({ id }) => id === test);
      return found?.outcome === 'passed' ? 'passed' : 'failed';
    }
  }
}

/** How a test failed in one run; undefined where the run does not say. */
export function messageOf(run: SuiteRun, test: string): string | undefined {
  if (run.ended !== 'reported') return undefined;
  return run.report.tests.find(({ id }) => id === test)?.message ?? undefined;
}
