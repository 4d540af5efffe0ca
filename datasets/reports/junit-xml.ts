import { collectTests, NO_TESTS, quote, type TestCollector } from './collect-tests.ts';
import { isAbsoluteFile } from './relative-file.ts';
import { REPORT_LIMITS } from './report-limits.ts';
import type { TestCounts, TestOutcome, TestReport } from './test-report.ts';
import { walkXml } from './walk-xml.ts';

type Attributes = Readonly<Record<string, string>>;

/** `<testsuite>`, or the root `<testsuites>`. */
interface Suite {
  attributes: Attributes;
  isRoot: boolean;
  /** The names of those around it and its own. */
  titles: readonly string[];
  /** Its own, or of the nearest around it. */
  file: string | null;
  hasSuites: boolean;
  /** Suites and test cases right inside it. */
  children: number;
  /** Test cases, its suites' included. */
  cases: number;
  /** Of them those with a failure or an error. */
  broken: number;
}

interface Case {
  attributes: Attributes;
  failure: boolean;
  error: boolean;
  skipped: 'skipped' | 'todo' | null;
  /** What no writer puts there: it may be what a damaged `<failure>` is now. */
  isStrange: boolean;
  /** As an attribute, and as the text of a failure. */
  message: string;
  text: string;
}

/** Kept of a text before it is cleaned. */
const TEXT_CHARACTERS = 4 * REPORT_LIMITS.messageCharacters;

/** Known inside a `<testcase>`, without a word on how it ended: the last four are of attempts before the last. */
const BESIDE = 'system-out system-err properties flakyFailure flakyError rerunFailure rerunError'.split(' ');

/**
 * Reads JUnit's XML, as vitest, `node --test` and others write it. vitest joins titles by ` > `, and its todo is a skipped
 * test. Node 20 names no files, writes a test that has subtests as a suite, whose own outcome is lost, and a suite without
 * tests as a test.
 */
export function readJunitXml(text: string, root: string): TestReport {
  const tests = collectTests('junit-xml', root);
  const suites: Suite[] = [];
  const seen: { declared: TestCounts | null } = { declared: null };
  let current: Case | undefined;
  /** Elements that are open inside the test case. */
  const inside: string[] = [];
  /** Elements that are open from one on that holds no tests. */
  let ignored = 0;

  const stopped = walkXml(text, {
    open(name, attributes) {
      if (ignored > 0) ignored += 1;
      else if (current !== undefined) {
        inside.push(name);
        if (inside.length === 1) openInCase(current, name, attributes);
      } else if (name === 'testsuite' || (name === 'testsuites' && suites.length === 0)) {
        const parent = suites.at(-1);
        if (parent === undefined) seen.declared = declaredBy(attributes);
        else {
          parent.hasSuites = true;
          parent.children += 1;
        }
        suites.push(newSuite(name, attributes, parent));
      } else if (name === 'testcase' && suites.length > 0) {
        current = newCase(attributes);
      } else {
        if (!BESIDE.includes(name)) tests.problem(`A <${cut(name)}> stands where no report has one.`);
        ignored = 1;
      }
    },
    text(content) {
      if (current === undefined) return;
      if (inside.length === 0) current.isStrange ||= content.trim() !== '';
      else if ((inside[0] === 'failure' || inside[0] === 'error') && current.text.length < TEXT_CHARACTERS)
        current.text += content.slice(0, TEXT_CHARACTERS);
    },
    close() {
      if (ignored > 0) ignored -= 1;
      else if (inside.length > 0) inside.pop();
      else if (current !== undefined) {
        addCase(current, suites.at(-1) as Suite, tests);
        current = undefined;
      } else {
        const suite = suites.pop();
        if (suite !== undefined) endSuite(suite, suites.at(-1), tests);
      }
    },
  });
  if (stopped !== undefined) tests.problem(stopped);
  return tests.report(seen.declared);
}

function newSuite(tag: string, attributes: Attributes, parent: Suite | undefined): Suite {
  const name = tag === 'testsuite' ? attributes['name'] : undefined;
  return {
    attributes,
    isRoot: parent === undefined,
    titles: [...(parent?.titles ?? []), ...(name ? [name] : [])],
    file: attributes['file'] ?? parent?.file ?? null,
    ...{ hasSuites: false, children: 0, cases: 0, broken: 0 },
  };
}

function newCase(attributes: Attributes): Case {
  return { attributes, failure: false, error: false, skipped: null, isStrange: false, message: '', text: '' };
}

function openInCase(test: Case, name: string, attributes: Attributes): void {
  const message = cut(attributes['message'] ?? '');
  if (name === 'failure' || name === 'error') {
    test[name] = true;
    test.message ||= message;
  } else if (name === 'skipped') {
    test.skipped = attributes['type'] === 'todo' ? 'todo' : 'skipped';
    // Node's, where no reason was given.
    if (message !== 'true') test.message ||= message;
  } else if (!BESIDE.includes(name)) test.isStrange = true;
}

function addCase(test: Case, suite: Suite, tests: TestCollector): void {
  suite.children += 1;
  suite.cases += 1;
  if (test.failure || test.error) suite.broken += 1;
  const { name, time } = test.attributes;
  if (name === undefined) tests.problem('A <testcase> has no name.');
  if (test.isStrange) tests.problem(`The <testcase> ${quote(name ?? '')} holds what no report has there.`);
  const { file, titles, isFile } = placeOf(test.attributes, suite);
  const outcome = outcomeOf(test);
  const message = test.text.trim() || test.message;
  const durationMs = time === undefined ? null : Number(time) * 1000;
  if (!isFile) tests.add({ file, titles, outcome, durationMs, message });
  else if (outcome === 'skipped' || outcome === 'todo') tests.add({ file, titles: [], outcome, message });
  else tests.add({ file, titles: [], outcome: 'errored', durationMs, message: message || NO_TESTS });
}

/** Todo comes first: where it fails the run does not, for Node. */
function outcomeOf({ failure, error, skipped, isStrange }: Case): TestOutcome {
  if (isStrange) return 'errored';
  if (skipped === 'todo') return 'todo';
  if (error) return 'errored';
  if (failure) return 'failed';
  return skipped ?? 'passed';
}

/** `isFile`: it stands for the file itself, which broke before its tests. */
function placeOf({ name = '', classname = '', file }: Attributes, suite: Suite) {
  // vitest's: a suite a file, whose name each test repeats.
  if (file === undefined && classname === suite.titles.at(-1) && /\.\w+$/.test(classname))
    return { file: classname, titles: [name], isFile: name === classname };
  // Node's, which it puts beside the suites.
  if (file === undefined && suite.titles.length === 0 && isAbsoluteFile(name))
    return { file: name, titles: [], isFile: true };
  const named = file ?? suite.file;
  const saysMore = ![name, named, 'test', '', ...suite.titles].includes(classname);
  const titles = [...suite.titles.filter((title) => title !== named), ...(saysMore ? [classname] : []), name];
  return { file: named, titles, isFile: name === named };
}

/** Node counts what is right inside a suite, its suites among it; others count all tests below. */
function endSuite(suite: Suite, parent: Suite | undefined, tests: TestCollector): void {
  if (parent !== undefined) {
    parent.cases += suite.cases;
    parent.broken += suite.broken;
  }
  const { tests: claim, failed, errored } = declaredBy(suite.attributes) ?? {};
  const name = suite.isRoot ? 'The report' : `The suite ${quote(suite.attributes['name'] ?? '')}`;
  if (typeof claim === 'number' && claim !== suite.cases && claim !== suite.children)
    tests.problem(`${name} declares ${claim} tests, and lists ${suite.cases}.`);
  if (typeof failed !== 'number') return;
  const broken = failed + (errored ?? 0);
  if (suite.hasSuites && !suite.isRoot ? broken > 0 !== suite.broken > 0 : broken !== suite.broken)
    tests.problem(`${name} declares ${broken} failures and errors, and lists ${suite.broken}.`);
}

function declaredBy(attributes: Attributes): TestCounts | null {
  const count = (name: string): number | null => {
    const text = attributes[name] ?? '';
    return /^\d{1,9}$/.test(text) ? Number(text) : null;
  };
  if (count('tests') === null) return null;
  return {
    tests: count('tests'),
    passed: null,
    failed: count('failures'),
    errored: count('errors'),
    skipped: count('skipped'),
    todo: null,
  };
}

function cut(text: string): string {
  return text.slice(0, TEXT_CHARACTERS);
}
