import { describe, expect, it } from 'vitest';
import type { TestResult } from '../reports/test-report.ts';
import { groupFailures } from './group-failures.ts';

const test = (
  file: string | null,
  path: string[],
  outcome: TestResult['outcome'] = 'failed',
): TestResult => ({
  id: [file, ...path].join(' > '),
  file,
  path,
  outcome,
  durationMs: 1,
  message: outcome === 'failed' ? 'expected 1 to be 2' : null,
});

describe('groupFailures', () => {
  it('joins what fails in one suite of one file, the largest first', () => {
    const patterns = groupFailures([
      test('a.test.ts', ['round', 'half up']),
      test('a.test.ts', ['add', 'deep', 'one']),
      test('b.test.ts', ['add', 'one']),
      test('a.test.ts', ['add', 'two']),
      test('a.test.ts', ['add', 'three'], 'passed'),
    ]);
    expect(patterns.map(({ fingerprint, tests }) => [fingerprint, tests.length])).toEqual(
      expect.arrayContaining([
        ['a.test.ts > add', 2],
        ['a.test.ts > round', 1],
        ['b.test.ts > add', 1],
      ]),
    );
    expect(patterns[0]?.tests.map(({ id }) => id)).toEqual([
      'a.test.ts > add > deep > one',
      'a.test.ts > add > two',
    ]);
  });

  it('does not depend on the order of the report', () => {
    const tests = ['x', 'y', 'z'].flatMap((suite) => [
      test('a.test.ts', [suite, '1']),
      test('a.test.ts', [suite, '2']),
    ]);
    expect(groupFailures(tests.toReversed())).toEqual(groupFailures(tests));
  });

  it('takes neither skipped tests nor files that broke as a whole', () => {
    const broken = [
      test('a.test.ts', [], 'errored'),
      test('a.test.ts', ['s', 't'], 'skipped'),
      test(null, ['s', 't']),
    ];
    expect(groupFailures(broken)).toEqual([]);
  });
});
