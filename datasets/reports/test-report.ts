import { z } from 'zod';

export const ReportFormat = z.enum(['vitest-jest-json', 'node-test', 'junit-xml', 'tap']);
export type ReportFormat = z.infer<typeof ReportFormat>;

/** `errored`: no verdict of its own was reached; a file or suite that broke outside of its tests has this too. */
export const TestOutcome = z.enum(['passed', 'failed', 'skipped', 'todo', 'errored']);
export type TestOutcome = z.infer<typeof TestOutcome>;

export const TestResult = z.strictObject({
  /**
   * `file > suite > title` in one line without control characters, the same in every run, checkout and machine. A second
   * test of that name gets ` #2`, in order of appearance. A file's own result has its `file` as id, a suite's ends there.
   */
  id: z.string(),
  /** Relative to the root, `/` between folders; null where the format does not tell. */
  file: z.string().nullable(),
  /** Titles of the suites, then of the test; one joined title where the format joins them; empty: the file itself. */
  path: z.array(z.string()),
  outcome: TestOutcome,
  durationMs: z.number().nonnegative().nullable(),
  /** Why it failed or was skipped, cut at `REPORT_LIMITS.messageCharacters`, without colours. */
  message: z.string().nullable(),
});
export type TestResult = z.infer<typeof TestResult>;

const Count = z.int().nonnegative().nullable();

/** Counts by the rules of the report's writer; null: it does not say. */
export const TestCounts = z.strictObject({
  tests: Count,
  passed: Count,
  failed: Count,
  errored: Count,
  skipped: Count,
  todo: Count,
});
export type TestCounts = z.infer<typeof TestCounts>;

/**
 * What a report of a test run says. The code under test runs beside its writer, so nothing in it is proof; but what
 * contradicts itself or was cut off is named in `problems`, and counts for a test only where it says so in full.
 */
export const TestReport = z.strictObject({
  format: ReportFormat,
  tests: z.array(TestResult),
  /** What the report claims in figures, beside its list. */
  declared: TestCounts.nullable(),
  /** Empty: complete and consistent with itself. */
  problems: z.array(z.string()),
});
export type TestReport = z.infer<typeof TestReport>;
