import { z } from 'zod';
import { collectTests, FAILED_OUTSIDE, NO_TESTS, type TestCollector } from './collect-tests.ts';
import { parseJson } from './parse-json.ts';
import type { TestCounts, TestOutcome, TestReport } from './test-report.ts';

const Count = z.int().nonnegative().nullable().catch(null);

/** Of `jest --json`, which `vitest --reporter=json` follows; its parts are read one by one, so that one bad is one lost. */
const Run = z.object({
  testResults: z.array(z.unknown()),
  success: z.boolean(),
  wasInterrupted: z.boolean().optional(),
  numTotalTests: Count,
  numPassedTests: Count,
  numFailedTests: Count,
  numPendingTests: Count,
  numTodoTests: Count,
});

const FileResult = z.object({
  name: z.string(),
  status: z.string(),
  message: z.string().nullish(),
  assertionResults: z.array(z.unknown()),
});
type FileResult = z.infer<typeof FileResult>;

const AssertionResult = z.object({
  ancestorTitles: z.array(z.string()),
  title: z.string(),
  status: z.string(),
  duration: z.number().nullish().catch(null),
  failureMessages: z.array(z.string()).nullish().catch(null),
});

const OUTCOMES: ReadonlyMap<string, TestOutcome> = new Map([
  ['passed', 'passed'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['pending', 'skipped'],
  ['disabled', 'skipped'],
  ['todo', 'todo'],
]);

/**
 * Reads the JSON of jest and vitest. Nothing of a document that was cut off is used. A file that failed where none of its
 * tests did is `errored` itself: it could not be loaded, or a hook of it threw, which this format does not tell apart.
 */
export function readVitestJestJson(text: string, root: string): TestReport {
  const tests = collectTests('vitest-jest-json', root);
  const json = parseJson(text);
  if ('problem' in json) {
    tests.problem(json.problem);
    return tests.report();
  }
  const { data: run } = Run.safeParse(json.value);
  if (run === undefined) {
    tests.problem(
      'It is JSON, but not a report of jest or vitest: `testResults` or `success` is missing or malformed.',
    );
    return tests.report();
  }
  const counted = { tests: 0, passed: 0, failed: 0, errored: 0, skipped: 0, todo: 0 };
  run.testResults.forEach((entry, index) => {
    const { data: file } = FileResult.safeParse(entry);
    if (file === undefined) tests.problem(`testResults[${index}] is not the result of a file.`);
    else readFile(file, `testResults[${index}]`, tests, counted);
  });
  if (run.wasInterrupted === true) tests.problem('The run was interrupted.');
  const failed = counted.failed + counted.errored > 0;
  if (run.success && failed) tests.problem('It declares success, and lists failures.');
  if (!run.success && !failed)
    tests.problem('It declares a failed run, and lists no failure: an error outside of tests.');
  const declared: TestCounts = {
    tests: run.numTotalTests,
    passed: run.numPassedTests,
    failed: run.numFailedTests,
    errored: null,
    skipped: run.numPendingTests,
    todo: run.numTodoTests,
  };
  return tests.report(declared, counted);
}

function readFile(
  file: FileResult,
  place: string,
  tests: TestCollector,
  counted: Record<TestOutcome | 'tests', number>,
) {
  let failures = 0;
  file.assertionResults.forEach((entry, index) => {
    const { data: assertion } = AssertionResult.safeParse(entry);
    if (assertion === undefined) {
      tests.problem(`${place}.assertionResults[${index}] is not the result of a test.`);
      return;
    }
    const outcome = OUTCOMES.get(assertion.status) ?? 'errored';
    if (!OUTCOMES.has(assertion.status))
      tests.problem(`${place}.assertionResults[${index}] has a status that is not known.`);
    if (outcome === 'failed') failures += 1;
    counted.tests += 1;
    counted[outcome] += 1;
    tests.add({
      file: file.name,
      titles: [...assertion.ancestorTitles, assertion.title],
      outcome,
      durationMs: assertion.duration,
      message: assertion.failureMessages?.join('\n'),
    });
  });
  if (file.status === 'failed' && failures === 0) {
    counted.errored += 1;
    const none = file.assertionResults.length === 0 ? NO_TESTS : FAILED_OUTSIDE;
    tests.add({ file: file.name, titles: [], outcome: 'errored', message: file.message || none });
  }
  if (file.status === 'passed' && failures > 0)
    tests.problem(`${place} is declared passed, and ${failures} of its tests failed.`);
}
