import { describe, expect, test } from 'vitest';
import { FAILED_OUTSIDE } from './collect-tests.ts';
import { REPORT_LIMITS } from './report-limits.ts';
import { readVitestJestJson } from './vitest-jest-json.ts';

/** As `jest --json` documents it (AggregatedResult, as formatted for output). */
function jestReport() {
  return {
    numFailedTestSuites: 2,
    numFailedTests: 1,
    numPassedTestSuites: 0,
    numPassedTests: 1,
    numPendingTestSuites: 0,
    numPendingTests: 1,
    numRuntimeErrorTestSuites: 1,
    numTodoTests: 1,
    numTotalTestSuites: 2,
    numTotalTests: 4,
    openHandles: [],
    snapshot: { added: 0, total: 0 },
    startTime: 1_700_000_000_000,
    success: false,
    wasInterrupted: false,
    testResults: [
      {
        name: '/target/src/sum.test.js',
        status: 'failed',
        startTime: 1_700_000_000_100,
        endTime: 1_700_000_000_900,
        summary: '',
        message: '  ● sum › adds\n\n    expect(received).toBe(expected)\n',
        assertionResults: [
          assertion(['sum'], 'adds', 'failed', [
            'Error: expect(received).toBe(expected)\n    at Object.toBe',
          ]),
          assertion(['sum', 'of none'], 'is 0', 'passed'),
          assertion(['sum'], 'later', 'pending'),
          assertion([], 'of big ones', 'todo'),
        ],
      },
      {
        name: '/target/src/broken.test.js',
        status: 'failed',
        startTime: 0,
        endTime: 0,
        summary: '',
        message: '  ● Test suite failed to run\n\n    SyntaxError: Unexpected token (3:1)\n',
        assertionResults: [] as unknown[],
      },
    ],
  };
}

function assertion(ancestorTitles: string[], title: string, status: string, failureMessages: string[] = []) {
  return {
    ancestorTitles,
    duration: status === 'passed' ? 3 : null,
    failureDetails: [],
    failureMessages,
    fullName: [...ancestorTitles, title].join(' '),
    invocations: 1,
    location: { column: 3, line: 12 },
    numPassingAsserts: 1,
    status,
    title,
  };
}

type Jest = ReturnType<typeof jestReport>;
const readText = (text: string) => readVitestJestJson(text, '/target');
const read = (change?: (report: Jest) => unknown) => {
  const report = jestReport();
  change?.(report);
  return readText(JSON.stringify(report));
};
const [sum, broken] = [0, 1] as const;
const resultOf = (report: Jest, index: number) => report.testResults[index] as Jest['testResults'][number];
const assertionOf = (report: Jest, index: number) =>
  resultOf(report, sum).assertionResults[index] as Record<string, unknown>;

test('a report of jest', () => {
  const report = read();
  expect(report.problems).toEqual([]);
  expect(report.declared).toEqual({ tests: 4, passed: 1, failed: 1, errored: null, skipped: 1, todo: 1 });
  expect(report.tests.map(({ id, outcome, durationMs }) => [id, outcome, durationMs])).toEqual([
    ['src/sum.test.js > sum > adds', 'failed', null],
    ['src/sum.test.js > sum > of none > is 0', 'passed', 3],
    ['src/sum.test.js > sum > later', 'skipped', null],
    ['src/sum.test.js > of big ones', 'todo', null],
    ['src/broken.test.js', 'errored', null],
  ]);
  expect(report.tests.at(-1)).toMatchObject({
    path: [],
    message: expect.stringContaining('Test suite failed to run'),
  });
});

test('a file that failed where its tests did not', () => {
  const report = read((one) => {
    assertionOf(one, 0)['status'] = 'passed';
    resultOf(one, sum).message = '';
    Object.assign(one, { numPassedTests: 2, numFailedTests: 0 });
  });
  expect(report.problems).toEqual([]);
  expect(report.tests.find(({ id }) => id === 'src/sum.test.js')).toMatchObject({
    outcome: 'errored',
    message: FAILED_OUTSIDE,
  });
});

describe('what contradicts itself or is malformed', () => {
  const noFailure = (one: Jest) => {
    one.testResults.splice(broken, 1);
    resultOf(one, sum).assertionResults.splice(0, 1);
    resultOf(one, sum).status = 'passed';
    Object.assign(one, { numFailedTests: 0, numTotalTests: 3 });
  };
  test.each<[string, (one: Jest) => unknown, (string | RegExp)[]]>([
    [
      'counts',
      (one) => Object.assign(one, { numPassedTests: 2, numTotalTests: 5 }),
      ['It declares 5 tests, and lists 4.', 'It declares 2 tests passed, and lists 1.'],
    ],
    ['success', (one) => Object.assign(one, { success: true }), ['It declares success, and lists failures.']],
    ['a failure that is not there', noFailure, [/^It declares a failed run, and lists no failure/]],
    [
      'a file',
      (one) => Object.assign(resultOf(one, sum), { status: 'passed' }),
      [/^testResults\[0\] is declared passed/],
    ],
    ['an interruption', (one) => Object.assign(one, { wasInterrupted: true }), ['The run was interrupted.']],
    [
      'a status',
      (one) => Object.assign(assertionOf(one, 1), { status: 'qassed' }),
      ['testResults[0].assertionResults[1] has a status that is not known.', /^It declares 1 tests passed/],
    ],
    [
      'a title',
      (one) => Object.assign(assertionOf(one, 1), { title: 7 }),
      [
        'testResults[0].assertionResults[1] is not the result of a test.',
        /^It declares 4/,
        /^It declares 1 tests passed/,
      ],
    ],
    [
      'a file without its list',
      (one) => Object.assign(resultOf(one, broken), { assertionResults: { length: 0 } }),
      ['testResults[1] is not the result of a file.'],
    ],
    ['no list', (one) => Object.assign(one, { testResults: {} }), [/^It is JSON, but not a report of jest/]],
  ])('%s', (_, change, problems) => {
    expect(read(change).problems).toEqual(
      problems.map((one) => (typeof one === 'string' ? one : expect.stringMatching(one))),
    );
  });

  test('a status that is not known is never a pass', () => {
    const report = read((one) => Object.assign(assertionOf(one, 1), { status: 'PASSED' }));
    expect(report.tests.filter(({ outcome }) => outcome === 'passed')).toEqual([]);
  });
});

describe('hostile documents', () => {
  test('a name of Object.prototype pollutes nothing', () => {
    const text = JSON.stringify(jestReport()).replace(
      '{',
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{}},',
    );
    expect(readText(text).tests).toHaveLength(5);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each([
    ['cut off', JSON.stringify(jestReport()).slice(0, -40), /^It is no JSON, or cut off/],
    ['deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, /^It nests deeper/],
    ['of many values', `[${'{},'.repeat(REPORT_LIMITS.values)}{}]`, /^It has more than/],
    ['of many keys', `{${'"a":0,'.repeat(REPORT_LIMITS.values)}"a":0}`, /^It has more than/],
    ['an array', '[]', /^It is JSON, but not a report/],
    ['empty', '', /^It is no JSON/],
  ])('one that is %s has no tests', (_, text, problem) => {
    const report = readText(text);
    expect(report.tests).toEqual([]);
    expect(report.problems).toEqual([expect.stringMatching(problem)]);
  });

  test('brackets and commas in strings are not counted', () => {
    const report = read((one) => Object.assign(assertionOf(one, 1), { title: `"\\${'[{,'.repeat(300)}` }));
    expect(report.problems).toEqual([]);
  });
});
