import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { NO_TESTS } from './collect-tests.ts';
import { nodeTestReporter, readNodeTest } from './node-test.ts';

type Line = Record<string, unknown>;
const begin = { type: 'begin', writer: 'whetstone-node-test', version: 1 };
const start = (name: string, nesting = 0): Line => ({ type: 'start', nesting, name });
const result = (name: string, more: Line = {}): Line => ({
  ...{ type: 'result', nesting: 0, name, file: '/target/a.test.js', kind: 'test', outcome: 'passed' },
  ...{ durationMs: 1, reason: null, message: null },
  ...more,
});
const total = (text: string): Line => ({ type: 'total', text });

const write = (lines: readonly Line[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
const report = (...lines: Line[]): string =>
  write([begin, ...lines, { type: 'end', lines: lines.length + 2 }]);
const read = (text: string) => readNodeTest(text, '/target');
const results = (text: string) => read(text).tests.map(({ id, outcome }) => `${outcome} ${id}`);

test('tests in tests and suites, in the order in which they ended', () => {
  const failed = { outcome: 'failed', reason: 'subtestsFailed', message: '1 subtest failed' };
  const text = report(
    ...[
      start('s'),
      start('t', 1),
      start('u', 2),
      result('u', { nesting: 2, outcome: 'failed', message: 'm' }),
    ],
    ...[
      result('t', { nesting: 1, ...failed }),
      start('v', 1),
      result('v', { nesting: 1, outcome: 'skipped' }),
    ],
    ...[result('s', { kind: 'suite', ...failed }), start('w'), result('w', { outcome: 'todo' })],
    ...['tests 4', 'suites 1', 'pass 0', 'fail 1', 'cancelled 1', 'skipped 1', 'todo 1', 'duration_ms 1'].map(
      total,
    ),
  );
  expect(results(text)).toEqual([
    'failed a.test.js > s > t > u',
    'failed a.test.js > s > t',
    'skipped a.test.js > s > v',
    'todo a.test.js > w',
  ]);
  expect(read(text).declared).toEqual({ tests: 4, passed: 0, failed: 2, errored: null, skipped: 1, todo: 1 });
  expect(read(text).problems).toEqual([]);
});

test('a suite that was skipped or broke by itself, and files without tests, are results', () => {
  const file = (name: string, more: Line) => [
    start(`/target/${name}`),
    result(`/target/${name}`, { file: `/target/${name}`, kind: 'file', ...more }),
  ];
  const text = report(
    ...[
      start('s'),
      result('s', { kind: 'suite', outcome: 'skipped' }),
      start('e'),
      result('e', { kind: 'suite' }),
    ],
    ...[
      start('h'),
      result('h', { kind: 'suite', outcome: 'failed', reason: 'hookFailed', message: 'In a hook.' }),
    ],
    ...file('left.test.js', {}),
    ...file('broken.test.js', { outcome: 'failed', message: 'SyntaxError' }),
  );
  expect(read(text).tests.map(({ id, outcome, message }) => [id, outcome, message])).toEqual([
    ['a.test.js > s', 'skipped', null],
    ['a.test.js > h', 'errored', 'In a hook.'],
    ['left.test.js', 'errored', NO_TESTS],
    ['broken.test.js', 'errored', 'SyntaxError'],
  ]);
  expect(read(text).problems).toEqual([]);
});

describe('problems', () => {
  const one = [start('t'), result('t')];
  test.each<[string, string, (string | RegExp)[], string[]]>([
    ['no end', write([begin, ...one]), [/^It has no end/], ['passed a.test.js > t']],
    [
      'a line that is missing',
      report(...one).replace(/.*"start".*\n/, ''),
      ['"t" ended where another test was open.', 'It declares 4 lines, and has 3.'],
      ['passed a.test.js > t'],
    ],
    [
      'a last line that was cut',
      report(...one).slice(0, -3),
      ['The last line was cut off.', /^It has no end/],
      ['passed a.test.js > t'],
    ],
    [
      'a line of somebody else',
      report(...one).replace('{"type":"result"', '"$&'),
      ['Line 3 is not one that the reporter writes.'],
      [],
    ],
    [
      'a key of somebody else',
      report(start('t'), result('t', { __proto: 1 })),
      ['Line 3 is not one that the reporter writes.'],
      [],
    ],
    [
      'an outcome of somebody else',
      report(start('t'), result('t', { outcome: 'PASSED' })),
      ['Line 3 is not one that the reporter writes.'],
      [],
    ],
    [
      'a beginning in the middle',
      report(...one, begin),
      ['Line 4 is not where the reporter writes it.'],
      ['passed a.test.js > t'],
    ],
    [
      'no beginning',
      report(...one).replace(/.*\n/, ''),
      [/^Line 1 is not where/, 'It declares 4 lines, and has 3.', /^"t" ended/],
      ['passed a.test.js > t'],
    ],
    [
      'a test inside none',
      report(start('t', 3), result('t', { nesting: 3 })),
      ['"t" started inside a test that had not.', '"t" ended where another test was open.'],
      [],
    ],
    [
      'counts',
      report(...one, total('tests 2'), total('pass 2'), total('pass 1')),
      ['It declares 2 tests, and lists 1.'],
      ['passed a.test.js > t'],
    ],
    [
      'depth',
      report(...one, { type: 'x', deep: JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) }),
      [/^It nests deeper/],
      [],
    ],
    ['nothing', '', [/^It has no end/], []],
  ])('%s', (_, text, problems, listed) => {
    const expected = problems.map((problem) =>
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    );
    expect(read(text).problems.toSorted()).toEqual(expect.arrayContaining(expected));
    expect(read(text).problems).toHaveLength(problems.length);
    expect(results(text)).toEqual(listed);
  });
});

test('the reporter can be copied: it imports Node alone', async () => {
  const text = await readFile(nodeTestReporter, 'utf8');
  expect([...text.matchAll(/\bfrom '(.*)'|\bimport\(/g)].map(([, name]) => name)).toEqual(['node:util']);
});
