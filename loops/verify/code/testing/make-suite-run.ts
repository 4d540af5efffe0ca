import type { TestOutcome, TestReport, TestResult } from '../../../../datasets/reports/test-report.ts';
import type { SuiteRun } from '../suite-run.ts';

/** A whole report of tests by id; `more` says what else is known of each. */
export const makeReport = (
  outcomes: Readonly<Record<string, TestOutcome>>,
  more: (id: string, outcome: TestOutcome) => Partial<TestResult> = () => ({}),
): TestReport => ({
  format: 'vitest-jest-json',
  declared: null,
  problems: [],
  tests: Object.entries(outcomes).map(([id, outcome]) => ({
    id,
    file: 'a.test.ts',
    path: [id],
    outcome,
    durationMs: 1,
    message: null,
    ...more(id, outcome),
  })),
});

export const makeSuiteRun = (report: TestReport): SuiteRun => ({
  ended: 'reported',
  text: '',
  report,
  signs: [],
  wallMs: 1,
});
