import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attributeMissing } from './attribute-missing.ts';
import { collectTests } from './collect-tests.ts';
import { readReport } from './read-report.ts';
import type { TestOutcome, TestReport } from './test-report.ts';
import { type FileTree, fileTrees, RENDERINGS, ROOT } from './testing/render-reports.ts';

/** `outcome id`, the id as a list of its parts. */
function reportOf(...tests: [TestOutcome, string, ...string[]][]): TestReport {
  const collector = collectTests('tap', '/');
  for (const [outcome, file, ...titles] of tests)
    collector.add({
      file,
      titles,
      outcome,
      message: outcome === 'passed' ? null : `${outcome}.`,
      durationMs: 2,
    });
  return collector.report();
}
const expected = [{ id: 'a > s > t' }, { id: 'a > s > t #2' }, { id: 'a > u' }, { id: 'b > v' }];
const outcomes = (report: TestReport) =>
  attributeMissing(expected, report).tests.map(({ outcome }) => outcome);

describe('a test that the base has', () => {
  test('has its own outcome where it was reported', () => {
    const report = reportOf(
      ['failed', 'a', 's', 't'],
      ['passed', 'a', 's', 't'],
      ['todo', 'a', 'u'],
      ['passed', 'b', 'v'],
    );
    expect(attributeMissing(expected, report)).toEqual({
      tests: [
        { id: 'a > s > t', outcome: 'failed', message: 'failed.', durationMs: 2 },
        { id: 'a > s > t #2', outcome: 'passed', message: null, durationMs: 2 },
        { id: 'a > u', outcome: 'todo', message: 'todo.', durationMs: 2 },
        { id: 'b > v', outcome: 'passed', message: null, durationMs: 2 },
      ],
      unexpected: [],
    });
  });

  test('is errored where its file is, with the message of that', () => {
    const { tests, unexpected } = attributeMissing(
      expected,
      reportOf(['errored', 'a'], ['passed', 'b', 'v']),
    );
    expect(tests.map(({ outcome }) => outcome)).toEqual(['errored', 'errored', 'errored', 'passed']);
    expect(tests[0]).toEqual({ id: 'a > s > t', outcome: 'errored', message: 'errored.', durationMs: null });
    expect(unexpected).toEqual([]);
  });

  test('keeps its own outcome in a file that errored after it', () => {
    expect(outcomes(reportOf(['passed', 'a', 's', 't'], ['errored', 'a']))).toEqual([
      'passed',
      'errored',
      'errored',
      'missing',
    ]);
  });

  test('shares the fate of its nearest suite', () => {
    expect(outcomes(reportOf(['skipped', 'a', 's'], ['errored', 'a']))).toEqual([
      'skipped',
      'skipped',
      'errored',
      'missing',
    ]);
  });

  test('is missing where nothing speaks of it, and a suite or file that passed or failed says nothing', () => {
    expect(outcomes(reportOf())).toEqual(Array(4).fill('missing'));
    expect(
      outcomes(
        reportOf(['passed', 'a', 's'], ['passed', 'a'], ['failed', 'b'], ['errored', 'a', 's', 'other']),
      ),
    ).toEqual(Array(4).fill('missing'));
  });
});

test('what the base does not have is named, a broken file that explains nothing among it', () => {
  const report = reportOf(['passed', 'a', 'u'], ['passed', 'a', 'new'], ['errored', 'c'], ['errored', 'b']);
  expect(attributeMissing(expected, report).unexpected).toEqual(['a > new', 'c']);
});

describe.each(RENDERINGS)('from the $name', ({ format, render }) => {
  const ids = (files: readonly FileTree[]) => readReport(render(files), { root: ROOT, format }).tests;
  const whole = fileTrees.map((files) => files.map((file) => ({ ...file, crash: null })));

  test('a file that broke takes its tests along, one that was not reached leaves them missing', () => {
    fc.assert(
      fc.property(whole, (files) => {
        const base = ids(files);
        const [first, ...others] = files as [FileTree, ...FileTree[]];
        const candidate = { tests: ids([{ ...first, crash: 'It broke.' }]) };
        const { tests } = attributeMissing(base, candidate);
        const lost = base[0]?.file === null ? 'missing' : 'errored';
        const count = ids([first]).length;
        expect(tests.map(({ outcome }) => outcome)).toEqual([
          ...Array(count).fill(lost),
          ...Array(ids([first, ...others]).length - count).fill('missing'),
        ]);
      }),
      { numRuns: 50 },
    );
  });

  test('a run against itself changes nothing', () => {
    fc.assert(
      fc.property(fileTrees, (files) => {
        const tests = ids(files);
        const attribution = attributeMissing(tests, { tests });
        expect(attribution.tests.map(({ id, outcome }) => ({ id, outcome }))).toEqual(
          tests.map(({ id, outcome }) => ({ id, outcome })),
        );
        expect(attribution.unexpected).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
