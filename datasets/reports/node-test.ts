import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { collectTests, NO_TESTS, quote } from './collect-tests.ts';
import { findExcess } from './parse-json.ts';
import { REPORT_LIMITS } from './report-limits.ts';
import { reportLines } from './report-lines.ts';
import { type TestCounts, TestOutcome, type TestReport } from './test-report.ts';

/** The module for `--test-reporter`: it needs Node alone, and can be copied to wherever the tests run. */
export const nodeTestReporter = fileURLToPath(new URL('./node-test-reporter.mjs', import.meta.url));

/** How a report begins, for detection. */
export const NODE_TEST_BEGIN = '{"type":"begin","writer":"whetstone-node-test","version":1}';

const Nesting = z.int().nonnegative();
const Line = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('begin'),
    writer: z.literal('whetstone-node-test'),
    version: z.literal(1),
  }),
  z.strictObject({ type: z.literal('start'), nesting: Nesting, name: z.string() }),
  z.strictObject({
    type: z.literal('result'),
    nesting: Nesting,
    name: z.string(),
    file: z.string().nullable(),
    kind: z.enum(['test', 'suite', 'file']),
    outcome: TestOutcome.exclude(['errored']),
    durationMs: z.number().nullable(),
    /** The runner's `failureType`. */
    reason: z.string().nullable(),
    message: z.string().nullable(),
  }),
  z.strictObject({ type: z.literal('total'), text: z.string() }),
  /** `lines`: of the whole report, this one included. */
  z.strictObject({ type: z.literal('end'), lines: z.int() }),
]);
type Line = z.infer<typeof Line>;
type Result = Extract<Line, { type: 'result' }>;

const TOTAL = /^(tests|pass|fail|cancelled|skipped|todo) (\d{1,9})$/;

/**
 * Reads what node-test-reporter.mjs writes. A test counts with its subtests and after them, as the runner counts it; a
 * suite is a result only where it was skipped or broke by itself, a file only where none of its tests were reported.
 */
export function readNodeTest(text: string, root: string): TestReport {
  const tests = collectTests('node-test', root);
  const excess = findExcess(text);
  if (excess !== undefined) {
    tests.problem(excess);
    return tests.report();
  }
  const counted = { tests: 0, passed: 0, failed: 0, errored: 0, skipped: 0, todo: 0 };
  const totals = new Map<string, number>();
  /** Of the tests that have started and not ended, the outermost first. */
  const open: string[] = [];
  const { lines, problem } = reportLines(text);
  if (problem !== undefined) tests.problem(problem);
  let ended = false;

  const readResult = (result: Result): void => {
    const { nesting, name, file, kind, outcome, durationMs, reason, message } = result;
    if (open[nesting] !== name || open.length !== nesting + 1)
      tests.problem(`${quote(name)} ended where another test was open.`);
    const path = open.slice(0, nesting);
    open.length = Math.min(open.length, nesting);
    if (kind !== 'suite') {
      counted.tests += 1;
      counted[outcome] += 1;
    }
    if (path.length < nesting) return;
    const shared = { file, durationMs, message };
    if (kind === 'test') tests.add({ ...shared, titles: [...path, name], outcome });
    else if (kind === 'file')
      tests.add({
        ...shared,
        titles: [],
        outcome: 'errored',
        message: outcome === 'passed' ? NO_TESTS : message,
      });
    else if (outcome === 'skipped' || outcome === 'todo')
      tests.add({ ...shared, titles: [...path, name], outcome });
    else if (outcome === 'failed' && reason !== 'subtestsFailed')
      tests.add({ ...shared, titles: [...path, name], outcome: 'errored' });
  };

  let strange = 0;
  for (const [index, lineText] of lines.entries()) {
    const line = readLine(lineText);
    if (line === undefined) {
      tests.problem(`Line ${index + 1} is not one that the reporter writes.`);
      strange += 1;
      if (strange >= REPORT_LIMITS.problems) break;
    } else if ((line.type === 'begin') !== (index === 0))
      tests.problem(`Line ${index + 1} is not where the reporter writes it.`);
    else if (line.type === 'start') {
      if (line.nesting > open.length || line.nesting > REPORT_LIMITS.depth)
        tests.problem(`${quote(line.name)} started inside a test that had not.`);
      else open.splice(line.nesting, open.length, line.name);
    } else if (line.type === 'result') readResult(line);
    else if (line.type === 'total') {
      const [, key = '', count] = TOTAL.exec(line.text) ?? [];
      if (count !== undefined) totals.set(key, Number(count));
    } else if (line.type === 'end') {
      ended = true;
      if (line.lines !== lines.length)
        tests.problem(`It declares ${line.lines} lines, and has ${lines.length}.`);
    }
  }
  if (!ended) tests.problem('It has no end: the run was aborted, or the report cut off.');
  return tests.report(declaredBy(totals), counted);
}

function readLine(text: string): Line | undefined {
  try {
    return Line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The totals that Node's own reporters print; a cancelled test is a failed one here. */
export function declaredBy(totals: ReadonlyMap<string, number>): TestCounts | null {
  if (totals.size === 0) return null;
  const [fail, cancelled] = [totals.get('fail'), totals.get('cancelled') ?? 0];
  return {
    tests: totals.get('tests') ?? null,
    passed: totals.get('pass') ?? null,
    failed: fail === undefined ? null : fail + cancelled,
    errored: null,
    skipped: totals.get('skipped') ?? null,
    todo: totals.get('todo') ?? null,
  };
}
