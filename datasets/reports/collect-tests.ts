import { cleanMessage, cleanTitle } from './clean-text.ts';
import { relativeFile } from './relative-file.ts';
import { REPORT_LIMITS } from './report-limits.ts';
import type { ReportFormat, TestCounts, TestOutcome, TestReport, TestResult } from './test-report.ts';

/** A result as a report has it; without `titles` it is the file's own. */
export interface RawTest {
  file: string | null;
  titles: readonly string[];
  outcome: TestOutcome;
  durationMs?: number | null | undefined;
  message?: string | null | undefined;
}

export interface TestCollector {
  add(test: RawTest): void;
  problem(text: string): void;
  /** Holds the list, counted by the rules of `declared`, against it. */
  report(declared?: TestCounts | null, counted?: TestCounts): TestReport;
}

/** The message of a file that is in a report though no test of it is. */
export const NO_TESTS =
  'It ended without the report of a test: it has none, or its process was left before that.';
export const FAILED_OUTSIDE = 'It failed though no test in it did: in its own code or in a hook.';

/** Gives results their ids, keeps the limits, and notices what contradicts itself. */
export function collectTests(format: ReportFormat, root: string): TestCollector {
  const tests: TestResult[] = [];
  const problems: string[] = [];
  const uniqueId = idGiver();
  // Of long names that many tests share, each is read and kept once.
  const placeOf = remembering((file) => relativeFile(file, root));
  const clean = remembering((title) => cleanTitle(title));
  const outcomes = new Map<string, TestOutcome>();
  const ambiguous = new Set<string>();
  const leftOut = { full: 0, deep: 0, problems: 0 };
  let outside = 0;

  const problem = (text: string): void => {
    if (problems.length < REPORT_LIMITS.problems) problems.push(cleanMessage(text) ?? '');
    else leftOut.problems += 1;
  };

  return {
    problem,
    add({ file, titles, outcome, durationMs = null, message }) {
      if (tests.length >= REPORT_LIMITS.tests) leftOut.full += 1;
      else if (titles.length > REPORT_LIMITS.depth) leftOut.deep += 1;
      else {
        const place = file === null ? null : placeOf(file);
        if (place?.inside === false) outside += 1;
        const name = testId(place?.file ?? null, titles);
        if ((outcomes.get(name) ?? outcome) !== outcome) ambiguous.add(name);
        outcomes.set(name, outcome);
        tests.push({
          id: uniqueId(name),
          file: place?.file ?? null,
          path: titles.map(clean),
          outcome,
          durationMs: durationMs !== null && durationMs >= 0 && durationMs < Infinity ? durationMs : null,
          message: cleanMessage(message),
        });
      }
    },
    report(declared = null, counted) {
      for (const name of ambiguous)
        problem(
          `Several tests are named ${quote(name)} and their outcomes differ: only their order tells them apart.`,
        );
      if (outside > 0)
        problem(
          `${outside} results are of files outside of ${quote(root)}: their folders are left out of the ids.`,
        );
      if (leftOut.full > 0)
        problem(`More than ${REPORT_LIMITS.tests} tests: at least ${leftOut.full} are left out.`);
      if (leftOut.deep > 0)
        problem(`${leftOut.deep} tests lie in more than ${REPORT_LIMITS.depth} suites and are left out.`);
      if (declared !== null && counted !== undefined)
        for (const text of differences(declared, counted)) problem(text);
      const more = leftOut.problems === 0 ? [] : [`${leftOut.problems} more problems.`];
      return { format, tests, declared, problems: [...problems, ...more] };
    },
  };
}

/** A quotation of what a report says, for a problem. */
export function quote(text: string): string {
  return JSON.stringify(cleanTitle(text, 200));
}

function testId(file: string | null, titles: readonly string[]): string {
  const [first = '', ...others] = file === null ? titles : [file, ...titles];
  let name = first;
  for (const title of others) {
    // Many tests may repeat long titles of their suites.
    if (name.length > 2 * REPORT_LIMITS.idCharacters) break;
    name += ` > ${title.slice(0, 2 * REPORT_LIMITS.idCharacters)}`;
  }
  return cleanTitle(name, REPORT_LIMITS.idCharacters) || '(untitled)';
}

function remembering<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}

/** The name itself, then ` #2`, ` #3`…; a number that a title has taken is passed over. */
function idGiver(): (name: string) => string {
  const used = new Set<string>();
  const lastNumber = new Map<string, number>();
  return (name) => {
    let number = lastNumber.get(name) ?? 0;
    let id: string;
    do {
      number += 1;
      id = number === 1 ? name : `${name} #${number}`;
    } while (used.has(id));
    lastNumber.set(name, number);
    used.add(id);
    return id;
  };
}

function differences(declared: TestCounts, counted: TestCounts): string[] {
  return (Object.keys(declared) as (keyof TestCounts)[]).flatMap((key) => {
    const [claim, found] = [declared[key], counted[key]];
    if (claim === null || found === null || claim === found) return [];
    return [`It declares ${claim} ${key === 'tests' ? 'tests' : `tests ${key}`}, and lists ${found}.`];
  });
}
