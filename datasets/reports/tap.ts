import { collectTests, FAILED_OUTSIDE, NO_TESTS, quote, type TestCollector } from './collect-tests.ts';
import { declaredBy } from './node-test.ts';
import { isAbsoluteFile } from './relative-file.ts';
import { readTapTree, type TapPoint } from './tap-tree.ts';
import type { TestCounts, TestOutcome, TestReport } from './test-report.ts';

/** A test file of vitest, by name, alone or before ` > ` and the titles. */
const FILE = /^([^>]*?\.[cm]?[jt]sx?)(?: > (.*))?$/s;

const NODE_TOTALS = ['tests', 'pass', 'fail', 'cancelled', 'skipped', 'todo', 'duration_ms'];

/**
 * Reads TAP 13 and 14, as `node --test`, vitest (`tap` and `tap-flat`) and others write it. Node names no files and writes a
 * line break in a title as `\n`; vitest writes the values of a failed assertion as they are, so that a test can forge
 * lines: for these two the other formats say more.
 */
export function readTap(text: string, root: string): TestReport {
  const tests = collectTests('tap', root);
  const document = readTapTree(text);
  for (const problem of document.problems) tests.problem(problem);
  const isNode = document.hasSubtestComments && document.points.some(isByNode);
  if (isNode && !NODE_TOTALS.every((key) => document.totals.has(key)))
    tests.problem('It ends before the totals that Node writes.');
  const isByVitest = document.hasBlocks || (!document.hasSubtestComments && document.points.some(isTimed));
  if (isByVitest) document.points.forEach(doubtUntimed);
  for (const point of document.points) {
    if (isNode) readNodePoint(point, [], tests);
    else readOutermost(point, tests);
  }
  const declared = declaredBy(document.totals) ?? declaredByPlan(document.plan, document.points);
  return tests.report(declared, count(document.points));
}

function isByNode({ diagnostics, children }: TapPoint): boolean {
  return diagnostics[0]?.startsWith('duration_ms: ') === true || (children ?? []).some(isByNode);
}

function isTimed({ durationMs, children }: TapPoint): boolean {
  return children === null ? durationMs !== null : children.some(isTimed);
}

/** vitest gives a time to each test that passed: one without is a skipped one, damaged. */
function doubtUntimed(point: TapPoint): void {
  if (point.children === null && point.ok && point.directive === null && point.durationMs === null)
    point.directive = 'unknown';
  point.children?.forEach(doubtUntimed);
}

/** Node's: a test counts with its subtests and after them; a suite is a result only where it was skipped or broke itself. */
function readNodePoint(point: TapPoint, suites: readonly string[], tests: TestCollector): void {
  const titles = [...suites, point.name];
  for (const child of point.children ?? []) readNodePoint(child, titles, tests);
  if (point.ok === null) return;
  const outcome = outcomeOf(point, tests);
  const shared = { durationMs: durationOf(point), message: messageOf(point) };
  if (suites.length === 0 && point.children === null && isAbsoluteFile(point.name)) {
    const message = outcome === 'passed' ? NO_TESTS : shared.message;
    tests.add({ ...shared, file: point.name, titles: [], outcome: 'errored', message });
  } else if (!isSuite(point)) tests.add({ ...shared, file: null, titles, outcome });
  else if (outcome === 'skipped' || outcome === 'todo') tests.add({ ...shared, file: null, titles, outcome });
  else if (outcome !== 'passed' && field(point, 'failureType') !== 'subtestsFailed')
    tests.add({ ...shared, file: null, titles, outcome: 'errored' });
}

/** vitest's outermost tests are its files. */
function readOutermost(point: TapPoint, tests: TestCollector): void {
  const [, file = null, title] = FILE.exec(point.name) ?? [];
  if (file === null || (point.children === null && point.ok && title === undefined))
    readPoint(point, null, [], tests);
  else if (title !== undefined) readPoint({ ...point, name: title }, file, [], tests);
  else readChildren(point, file, [], tests);
}

function readPoint(
  point: TapPoint,
  file: string | null,
  suites: readonly string[],
  tests: TestCollector,
): void {
  const titles = [...suites, point.name];
  if (point.children !== null) readChildren(point, file, titles, tests);
  else if (point.ok !== null)
    tests.add({
      file,
      titles,
      outcome: outcomeOf(point, tests),
      durationMs: durationOf(point),
      message: messageOf(point),
    });
}

/** Of a file or suite, which is a result where it failed and none in it did. */
function readChildren(
  point: TapPoint,
  file: string | null,
  titles: readonly string[],
  tests: TestCollector,
): void {
  const children = point.children ?? [];
  for (const child of children) readPoint(child, file, titles, tests);
  if (point.ok !== false || children.some(hasFailed)) return;
  const message = messageOf(point) ?? (children.length === 0 ? NO_TESTS : FAILED_OUTSIDE);
  tests.add({ file, titles, outcome: 'errored', durationMs: durationOf(point), message });
}

function hasFailed({ ok, directive, children }: TapPoint): boolean {
  return (ok === false && directive !== 'todo') || (children ?? []).some(hasFailed);
}

function outcomeOf({ ok, directive, name }: TapPoint, tests: TestCollector): TestOutcome {
  if (directive === 'unknown') {
    tests.problem(`What ${quote(name)} is said to be is no known directive, or it was cut off.`);
    return 'errored';
  }
  if (directive === 'todo') return 'todo';
  if (ok !== true) return 'failed';
  return directive === 'skip' ? 'skipped' : 'passed';
}

function isSuite(point: TapPoint): boolean {
  return field(point, 'type') === 'suite';
}

/** A key of the outermost mapping of the YAML block, as Node writes it. */
function field({ diagnostics }: TapPoint, key: string): string | undefined {
  const line = diagnostics.find((text) => text.startsWith(`${key}: `));
  return line?.slice(key.length + 2).replace(/^'(.*)'$/, '$1');
}

function durationOf(point: TapPoint): number | null {
  const text = point.durationMs === null ? field(point, 'duration_ms') : undefined;
  return text === undefined ? point.durationMs : Number(text);
}

function messageOf({ ok, reason, diagnostics }: TapPoint): string | null {
  return ok === true ? reason || null : diagnostics.join('\n') || reason || null;
}

/** By Node's rules: suites do not count, a test counts with its subtests. */
function count(points: readonly TapPoint[]): TestCounts & Record<'tests' | TestOutcome, number> {
  const sum = { tests: 0, passed: 0, failed: 0, errored: 0, skipped: 0, todo: 0 };
  const add = (point: TapPoint): void => {
    for (const child of point.children ?? []) add(child);
    if (point.ok === null || isSuite(point)) return;
    sum.tests += 1;
    if (point.directive === 'skip') sum.skipped += 1;
    else if (point.directive === 'todo') sum.todo += 1;
    else if (point.ok) sum.passed += 1;
    else sum.failed += 1;
  };
  for (const point of points) add(point);
  return sum;
}

/** A plan counts the outermost: all tests where none has subtests. */
function declaredByPlan(plan: number | null, points: readonly TapPoint[]): TestCounts | null {
  if (plan === null || points.some(({ children }) => children !== null)) return null;
  return { tests: plan, passed: null, failed: null, errored: null, skipped: null, todo: null };
}
