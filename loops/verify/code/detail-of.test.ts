import { expect, test } from 'vitest';
import type { TestReport, TestResult } from '../../../datasets/reports/test-report.ts';
import { detailOf } from './detail-of.ts';
import type { SuiteRun } from './suite-run.ts';

const result = (id: string, outcome: TestResult['outcome'], message: string | null = null): TestResult => ({
  id,
  file: null,
  path: [],
  outcome,
  durationMs: null,
  message,
});
const reported = (tests: TestResult[], problems: string[] = []): SuiteRun => {
  const report: TestReport = { format: 'tap', tests, declared: null, problems };
  return { ended: 'reported', report, text: '', signs: [], wallMs: 1 };
};

test('how a run ended, or what contradicts itself in its report', () => {
  expect(detailOf({ ended: 'cut', detail: 'after 9 s', wallMs: 9 }, ['a'])).toBe('cut: after 9 s');
  expect(detailOf(reported([], ['one', 'two', 'three', 'four']), ['a'])).toBe('one; two; three');
});

test('why a test has no result of its own: what it stands in broke, or nothing speaks of it', () => {
  const broke = result('a.test.ts', 'errored', 'SyntaxError: no such export\n    at line 3');
  const ids = ['a.test.ts > adds', 'b.test.ts > takes away'];
  const passes = result('b.test.ts > takes away', 'passed');
  expect(detailOf(reported([broke, passes]), ids)).toBe(
    'a.test.ts > adds was not run, what it stands in errored: SyntaxError: no such export',
  );
  expect(detailOf(reported([result('a.test.ts > adds', 'passed')]), ids)).toBe(
    'b.test.ts > takes away was not reported',
  );
});

test('nothing where each has a result: how a test failed stays sealed', () => {
  expect(detailOf(reported([result('a', 'failed', 'expected 3'), result('b', 'passed')]), ['a', 'b'])).toBe(
    '',
  );
});
