import type { TestOutcome, TestReport, TestResult } from './test-report.ts';

/** `missing`: nothing in the report speaks of it; the run may have ended before. */
export interface AttributedTest {
  id: string;
  outcome: TestOutcome | 'missing';
  message: string | null;
  durationMs: number | null;
}

export interface Attribution {
  /** One for each id expected, in that order. */
  tests: AttributedTest[];
  /** Reported and neither expected nor the reason of an expected one, in the report's order. */
  unexpected: string[];
}

/**
 * Gives each test that the base is known to have an outcome in the report of a candidate. One that is not reported shares
 * the fate of its nearest suite, or file, that errored or was skipped; without one it is `missing`. So nothing but its own
 * result makes a test pass.
 */
export function attributeMissing(
  expected: readonly Pick<TestResult, 'id'>[],
  report: Pick<TestReport, 'tests'>,
): Attribution {
  const reported = new Map(report.tests.map((test) => [test.id, test]));
  const explained = new Set<string>();
  const tests = expected.map(({ id }): AttributedTest => {
    const result = reported.get(id) ?? nearestBroken(id, reported);
    if (result === undefined) return { id, outcome: 'missing', message: null, durationMs: null };
    explained.add(result.id);
    const { outcome, message, durationMs } = result;
    return { id, outcome, message, durationMs: result.id === id ? durationMs : null };
  });
  return { tests, unexpected: report.tests.map(({ id }) => id).filter((id) => !explained.has(id)) };
}

function nearestBroken(id: string, reported: ReadonlyMap<string, TestResult>): TestResult | undefined {
  for (let end = id.lastIndexOf(' > '); end > 0; end = id.lastIndexOf(' > ', end - 1)) {
    const around = reported.get(id.slice(0, end));
    if (around?.outcome === 'errored' || around?.outcome === 'skipped') return around;
  }
  return undefined;
}
