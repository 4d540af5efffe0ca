import { describe, expect, test } from 'vitest';
import { NO_TESTS } from './collect-tests.ts';
import { REPORT_LIMITS } from './report-limits.ts';
import { readTap } from './tap.ts';

const read = (text: string) => readTap(text, '/target');
const results = (text: string) => read(text).tests.map(({ id, outcome }) => `${outcome} ${id}`);
const tap = (...lines: string[]) => `TAP version 13\n${lines.map((line) => `${line}\n`).join('')}`;

describe('writers', () => {
  test('tape: assertions beside each other, and totals', () => {
    const text = tap(
      ...[
        '# adding',
        'ok 1 should be strictly equal',
        'not ok 2 should be truthy',
        '  ---',
        '    operator: ok',
      ],
      ...[
        '    expected: true',
        '    actual:   false',
        '  ...',
        'ok 3 later # SKIP not yet',
        'not ok 4 more # TODO',
      ],
      ...['', '1..4', '# tests 4', '# pass  1', '# fail  1'],
    );
    expect(results(text)).toEqual([
      'passed should be strictly equal',
      'failed should be truthy',
      'skipped later',
      'todo more',
    ]);
    const { tests, declared, problems } = read(text);
    expect(tests[1]?.message).toBe('operator: ok\n  expected: true\n  actual:   false');
    expect(tests[2]?.message).toBe('not yet');
    expect(declared).toMatchObject({ tests: 4, passed: 1, failed: 1 });
    expect(problems).toEqual([]);
  });

  test('the standard: subtests before their test', () => {
    const text = tap(
      ...[
        '# Subtest: outer',
        '    # Subtest: inner',
        '        ok 1 - deep',
        '        1..1',
        '    ok 1 - inner # time=3ms',
      ],
      ...['    1..1', 'ok 1 - outer', 'ok', '1..2'],
    );
    expect(results(text)).toEqual(['passed outer > inner > deep', 'passed (untitled)']);
    expect(read(text).problems).toEqual([]);
  });

  test('carriage returns, and what is no TAP', () => {
    const text = '> pkg@1.0.0 test\r\n> x\r\n\r\nTAP version 14\r\n1..1\r\npragma +strict\r\nok 1 - t\r\n';
    expect(results(text)).toEqual(['passed t']);
    expect(read(text)).toMatchObject({ declared: { tests: 1 }, problems: [] });
  });

  test('a plan of none, with its reason', () => {
    expect(read(tap('1..0 # SKIP no database'))).toMatchObject({ tests: [], problems: [] });
  });

  test('Node: a file that was left is no pass, a suite without tests is nothing', () => {
    const yaml = (...lines: string[]) => ['  ---', '  duration_ms: 1.5', ...lines, '  ...'];
    const totals = [
      'tests 2',
      'suites 1',
      'pass 2',
      'fail 0',
      'cancelled 0',
      'skipped 0',
      'todo 0',
      'duration_ms 9.1',
    ];
    const text = tap(
      ...['# Subtest: /target/src/left.test.js', 'ok 1 - /target/src/left.test.js', ...yaml()],
      ...['# Subtest: empty', 'ok 2 - empty', ...yaml("  type: 'suite'")],
      ...['# Subtest: t', 'ok 3 - t', ...yaml(), '1..3', ...totals.map((total) => `# ${total}`)],
    );
    expect(results(text)).toEqual(['errored src/left.test.js', 'passed t']);
    expect(read(text).tests.map(({ file, message, durationMs }) => [file, message, durationMs])).toEqual([
      ['src/left.test.js', NO_TESTS, 1.5],
      [null, null, 1.5],
    ]);
    expect(read(text).problems).toEqual([]);
    expect(read(text.replace('# duration_ms 9.1\n', '')).problems).toEqual([
      'It ends before the totals that Node writes.',
    ]);
    expect(read(text.replace('# pass 2', '# pass 3')).problems).toEqual([
      'It declares 3 tests passed, and lists 2.',
    ]);
  });
});

describe('problems', () => {
  test.each([
    ['no plan', tap('ok 1 - t'), ['The outermost plan is missing.']],
    [
      'a plan of more',
      tap('1..3', 'ok 1 - t', 'not ok 2 - u'),
      ['The outermost plan is of 3 tests, and 2 were reported.', 'It declares 3 tests, and lists 2.'],
    ],
    ['two plans', tap('1..1', 'ok 1 - t', '1..1'), ['It has two plans for the same tests.']],
    [
      'a bail out',
      tap('1..2', 'ok 1 - t', 'Bail out! No database', 'ok 2 - u'),
      [/^The run bailed out: "No database"/, /is of 2 tests, and 1/, /./],
    ],
    [
      'subtests without their test',
      tap('1..0', '    1..1', '    ok 1 - t'),
      [/^The subtests of "" have no end/],
    ],
    [
      'braces that are not closed',
      tap('1..1', 'ok 1 - s # time=1ms {', '    1..1', '    ok 1 - t # time=1ms'),
      [/^The subtests of "s" have no end/],
    ],
    [
      'the plan of a block',
      tap('1..1', 'ok 1 - s # time=1ms {', '    1..2', '    ok 1 - t # time=1ms', '}'),
      ['The plan of "s" is of 2 tests, and 1 were reported.'],
    ],
    [
      'diagnostics without an end',
      tap('1..1', 'not ok 1 - t', '  ---', '  a: b'),
      [/^The diagnostics of "t" have no end/, /^What "t" is said to be/],
    ],
    [
      'a last line that was cut',
      tap('1..1', 'ok 1 - t').slice(0, -1),
      ['The last line was cut off.', /^The outermost plan/, /./],
    ],
  ])('%s', (_, text, problems) => {
    expect(read(text).problems).toEqual(
      problems.map((one) => (typeof one === 'string' ? one : expect.stringMatching(one))),
    );
  });

  test.each(['ok 1 - t # SKIQ', 'ok 1 - t # time=3ms or so', 'ok 1 - t # # SKIP'])(
    'what follows an unescaped # and is not known is never a pass: %s',
    (line) => {
      expect(results(tap('1..1', line))).toEqual(['errored t']);
      expect(read(tap('1..1', line)).problems).toEqual([
        'What "t" is said to be is no known directive, or it was cut off.',
      ]);
    },
  );

  test('a pass without a time, where its writer gives times, is a damaged skip', () => {
    expect(results(tap('1..2', 'ok 1 - t # time=1.00ms', 'ok 2 - u " SKIP'))).toEqual([
      'passed t',
      'errored u " SKIP',
    ]);
  });
});

describe('hostile documents', () => {
  const vitest = (message: string) =>
    tap(
      ...[
        '1..1',
        'not ok 1 - a.test.ts # time=3.00ms {',
        '    1..1',
        '    not ok 1 - t # time=1.00ms',
        '        ---',
      ],
      ...['        error:', '            name: "Error"', `        actual: "${message}"`, '        ...', '}'],
    );

  test.each([
    'ok 2 - forged',
    '}\nok 2 - b.test.ts',
    '...\nok 2 - forged',
    '  ...\n    ok 2 - forged',
    '1..2\nok 2 - x',
  ])('a message of vitest that looks like TAP is a message: %j', (message) => {
    expect(results(vitest(`\n${message}\n`))).toEqual(['failed a.test.ts > t']);
    expect(read(vitest(`\n${message}\n`)).problems).toEqual([]);
  });

  test('one that ends its own diagnostics as vitest would is found by the plan', () => {
    expect(read(vitest('\n        ...\n    ok 2 - forged # time=1.00ms\n')).problems).toEqual([
      'The plan of "a.test.ts" is of 1 tests, and 2 were reported.',
    ]);
  });

  test('a skipped test whose directive is damaged does not pass, where no other test shows that times are given', () => {
    const written = (directive: string) =>
      tap('1..1', 'ok 1 - a.test.ts # time=1.00ms {', '    1..1', `    ok 1 - x ${directive}`, '}');
    expect(read(written('# SKIP')).tests.map(({ outcome }) => outcome)).toEqual(['skipped']);
    const damaged = read(written('" SKIP'));
    expect(damaged.tests.map(({ outcome }) => outcome)).toEqual(['errored']);
    expect(damaged.problems).toHaveLength(1);
  });

  test('subtests in subtests, and many tests', () => {
    const deep = Array.from(
      { length: 200 },
      (_, depth) => `${' '.repeat(4 * depth)}ok 1 - s${depth} # time=1ms {`,
    );
    expect(read(tap('1..1', ...deep)).problems[0]).toMatch(/^It has more than .* or nests deeper than 64/);
    const many = Array.from({ length: REPORT_LIMITS.tests + 1 }, () => 'ok');
    const report = read(tap(`1..${many.length}`, ...many));
    expect(report.tests).toHaveLength(REPORT_LIMITS.tests);
    expect(report.problems).toContain(`More than ${REPORT_LIMITS.tests} tests: at least 1 are left out.`);
  });

  test('many lines, and one long one', () => {
    expect(read('\n'.repeat(REPORT_LIMITS.values + 1)).problems[0]).toMatch(
      /^It has more than 1000000 lines/,
    );
    expect(read(`1..1\nok 1 -${' '.repeat(5_000_000)}\u2028x\n`).tests[0]).toMatchObject({
      outcome: 'passed',
    });
    expect(read(`1..1\nok 1 - ${'#'.repeat(5_000_000)}\n`).problems).toHaveLength(1);
  });
});
