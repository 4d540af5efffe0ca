import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanMessage } from './clean-text.ts';
import { collectTests, type RawTest } from './collect-tests.ts';
import { relativeFile } from './relative-file.ts';
import { REPORT_LIMITS } from './report-limits.ts';
import type { TestReport } from './test-report.ts';

function collect(tests: readonly Partial<RawTest>[], root = '/target'): TestReport {
  const collector = collectTests('tap', root);
  for (const one of tests) collector.add({ file: 'a.test.ts', titles: ['t'], outcome: 'passed', ...one });
  return collector.report();
}
const idsOf = (tests: readonly Partial<RawTest>[]) => collect(tests).tests.map(({ id }) => id);
const titled = (...titles: string[]): Partial<RawTest> => ({ titles });

describe('relativeFile', () => {
  test.each([
    ['/target/src/a.test.ts', '/target', 'src/a.test.ts'],
    ['/target/src/a.test.ts', '/target/', 'src/a.test.ts'],
    ['/target/./src/../src//a.test.ts', '/target', 'src/a.test.ts'],
    ['file:///target/src/a%20b.test.ts', '/target', 'src/a b.test.ts'],
    ['file:///target/src/100%.test.ts', '/target', 'src/100%.test.ts'],
    ['src/a.test.ts', '/target', 'src/a.test.ts'],
    ['./src/a.test.ts', '/target', 'src/a.test.ts'],
    ['/a.test.ts', '/', 'a.test.ts'],
    ['C:\\target\\src\\a.test.ts', 'C:\\target', 'src/a.test.ts'],
    ['file:///C:/target/src/a.test.ts', 'C:\\target', 'src/a.test.ts'],
    ['/target/odd\\name.test.ts', '/target', 'odd\\name.test.ts'],
    ['/target/new\nline.test.ts', '/target', 'new line.test.ts'],
  ])('%j below %j is %j', (file, root, relative) => {
    expect(relativeFile(file, root)).toEqual({ file: relative, inside: true });
  });

  test.each([
    '/target-2/a.test.ts',
    '/tmp/whetstone-x8Gq/a.test.ts',
    '../a.test.ts',
    '/target/../x/a.test.ts',
    'D:\\a.test.ts',
  ])('%j lies elsewhere: no folder of that machine is in its id', (file) => {
    expect(relativeFile(file, '/target')).toEqual({ file: '…/a.test.ts', inside: false });
  });
});

describe('ids', () => {
  test('are the file and all titles', () => {
    expect(
      idsOf([titled('suite', 'inner', 'test'), { titles: [] }, { file: null, titles: ['s', 't'] }]),
    ).toEqual(['a.test.ts > suite > inner > test', 'a.test.ts', 's > t']);
  });

  test('are numbered in order of appearance, past the numbers that titles have', () => {
    expect(idsOf([titled('t'), titled('t #2'), titled('t'), titled('t'), titled('t #2')])).toEqual([
      'a.test.ts > t',
      'a.test.ts > t #2',
      'a.test.ts > t #3',
      'a.test.ts > t #4',
      'a.test.ts > t #2 #2',
    ]);
  });

  test('have one line, and no control characters, halves of characters or runs of blanks', () => {
    const title = ' a\n\tb\u0000\u001b[31m\ud83d c\u2028d\ufffd\uffff\u0085 ';
    expect(collect([titled(title)]).tests[0]).toMatchObject({
      id: 'a.test.ts > a b[31m c d',
      path: ['a b[31m c d'],
    });
    expect(idsOf([{ file: null, titles: ['\u0000'] }])).toEqual(['(untitled)']);
  });

  test('of Object.prototype are ids like any other', () => {
    const names = ['__proto__', 'constructor', 'toString', '__proto__'];
    expect(idsOf(names.map((name) => ({ file: null, titles: [name] })))).toEqual([
      '__proto__',
      'constructor',
      'toString',
      '__proto__ #2',
    ]);
    expect(({} as Record<string, unknown>)['outcome']).toBeUndefined();
  });

  test('are unique, whatever the titles', () => {
    const title = fc.constantFrom('a', 'a #2', 'a #2 #2', 'a #3', 'b', ' a ', 'a\u0000');
    fc.assert(
      fc.property(fc.array(fc.array(title, { maxLength: 2 })), (all) => {
        const ids = idsOf(all.map((titles) => ({ titles })));
        expect(new Set(ids).size).toBe(all.length);
      }),
    );
  });
});

describe('problems', () => {
  test('tests of one name whose outcomes differ', () => {
    expect(collect([titled('t'), titled('t')]).problems).toEqual([]);
    expect(collect([titled('t'), { outcome: 'failed' }, titled('t')]).problems).toEqual([
      'Several tests are named "a.test.ts > t" and their outcomes differ: only their order tells them apart.',
    ]);
  });

  test('files outside of the root', () => {
    expect(collect([{ file: '/tmp/x/a.test.ts' }, { file: '/tmp/y/b.test.ts' }]).problems).toEqual([
      '2 results are of files outside of "/target": their folders are left out of the ids.',
    ]);
  });

  test('more tests, or suites in each other, than are read', () => {
    const { tests, depth } = REPORT_LIMITS;
    const many = collect(Array.from({ length: tests + 2 }, (_, index) => titled(`t${index}`)));
    expect(many.tests).toHaveLength(tests);
    expect(many.problems).toEqual([`More than ${tests} tests: at least 2 are left out.`]);
    const deep = collect([titled(...Array.from({ length: depth + 1 }, () => 's')), titled('t')]);
    expect(deep.tests.map(({ id }) => id)).toEqual(['a.test.ts > t']);
    expect(deep.problems).toEqual([`1 tests lie in more than ${depth} suites and are left out.`]);
  });

  test('are no more than can be read', () => {
    const collector = collectTests('tap', '/target');
    for (let index = 0; index < REPORT_LIMITS.problems + 5; index += 1)
      collector.problem(`Problem ${index}.`);
    const { problems } = collector.report();
    expect(problems).toHaveLength(REPORT_LIMITS.problems + 1);
    expect(problems.at(-1)).toBe('5 more problems.');
  });

  test('counts that contradict the list', () => {
    const counts = { tests: 3, passed: 2, failed: 1, errored: null, skipped: 0, todo: 0 };
    const { declared, problems } = collectTests('tap', '/').report(counts, {
      ...counts,
      tests: 2,
      passed: 1,
      errored: 4,
    });
    expect(declared).toEqual(counts);
    expect(problems).toEqual([
      'It declares 3 tests, and lists 2.',
      'It declares 2 tests passed, and lists 1.',
    ]);
  });
});

test('titles, ids and messages are cut, and durations are ones', () => {
  const long = 'x'.repeat(100_000);
  const [result, same] = collect([
    { titles: [long, long], durationMs: Number.NaN, message: long },
    { titles: [long, `${long}y`], durationMs: -1 },
  ]).tests;
  expect(result?.id).toHaveLength(REPORT_LIMITS.idCharacters);
  expect(result?.path.map((title) => title.length)).toEqual([1_000, 1_000]);
  expect(result?.message).toHaveLength(REPORT_LIMITS.messageCharacters);
  expect([result?.durationMs, same?.durationMs]).toEqual([null, null]);
  expect(same?.id).toBe(`${result?.id} #2`);
});

test('messages keep their lines and lose their colours', () => {
  expect(cleanMessage('\n\u001b[31mAssertionError\u001b[39m: a\r\n\tb\u0000\ud800\n')).toBe(
    'AssertionError: a\n\tb',
  );
  expect(cleanMessage(' \n\u0000')).toBeNull();
});
