import { describe, expect, test } from 'vitest';
import { readJunitXml } from './junit-xml.ts';
import { REPORT_LIMITS } from './report-limits.ts';

const read = (text: string) => readJunitXml(text, '/target');
const results = (text: string) => read(text).tests.map(({ id, outcome }) => `${outcome} ${id}`);
const suite = (inside: string, attributes = '') => `<testsuite name="s"${attributes}>${inside}</testsuite>`;
const CASE = '<testcase name="t" classname="c" time="0.25"/>';

describe('writers', () => {
  test('jest-junit: a suite a file, titles as it was told to join them', () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="jest tests" tests="2" failures="1" errors="0" time="1.2">
  <testsuite name="sum" errors="0" failures="1" skipped="0" timestamp="2024-01-01T00:00:00" time="0.4" tests="2">
    <testcase classname="sum adds" name="sum adds" time="0.003" file="src/sum.test.js">
      <failure>Error: expect(received).toBe(expected)
    at Object.toBe (src/sum.test.js:3:1)</failure>
    </testcase>
    <testcase classname="sum is 0" name="sum is 0" time="0.001" file="src/sum.test.js"></testcase>
  </testsuite>
</testsuites>`;
    const report = read(text);
    expect(report.problems).toEqual([]);
    expect(report.declared).toEqual({
      tests: 2,
      passed: null,
      failed: 1,
      errored: 0,
      skipped: null,
      todo: null,
    });
    expect(report.tests).toEqual([
      {
        id: 'src/sum.test.js > sum > sum adds',
        file: 'src/sum.test.js',
        path: ['sum', 'sum adds'],
        outcome: 'failed',
        durationMs: 3,
        message: 'Error: expect(received).toBe(expected)\n    at Object.toBe (src/sum.test.js:3:1)',
      },
      expect.objectContaining({ id: 'src/sum.test.js > sum > sum is 0', outcome: 'passed', message: null }),
    ]);
  });

  test('mocha: the file on the suite', () => {
    const text = `<testsuites name="Mocha Tests" time="0.1" tests="1" failures="0">
<testsuite name="Root Suite" timestamp="2024-01-01" tests="0" time="0" failures="0"></testsuite>
<testsuite name="sum" tests="1" file="/target/test/sum.js" time="0.1" failures="0"><testcase name="sum adds" time="0.1" classname="adds"/></testsuite>
</testsuites>`;
    expect(results(text)).toEqual(['passed test/sum.js > sum > adds > sum adds']);
    expect(read(text).problems).toEqual([]);
  });

  test('one suite as the root, an error, a skipped test, output and attempts', () => {
    const text = `<testsuite name="pytest" errors="1" failures="0" skipped="1" tests="3">
<properties><property name="a" value="b"/></properties>
<testcase classname="tests.test_a" name="test_error" time="0.1"><error message="failed on setup">Traceback<![CDATA[ <here> ]]></error></testcase>
<testcase classname="tests.test_a" name="test_skip" time="0.1"><skipped type="pytest.skip" message="not today">where</skipped></testcase>
<testcase classname="tests.test_a" name="test_again" time="0.1"><rerunFailure message="x"><stackTrace>y</stackTrace></rerunFailure><system-out>ok <![CDATA[<failure/>]]></system-out></testcase>
<system-err>text</system-err>
</testsuite>`;
    expect(results(text)).toEqual([
      'errored pytest > tests.test_a > test_error',
      'skipped pytest > tests.test_a > test_skip',
      'passed pytest > tests.test_a > test_again',
    ]);
    expect(read(text).tests.map(({ message }) => message)).toEqual(['Traceback <here>', 'not today', null]);
    expect(read(text).problems).toEqual([]);
  });

  test('a failure that is to do is no failure, one that is skipped is', () => {
    const failing = (type: string) =>
      `<testcase name="t"><skipped type="${type}"/><failure message="m"/></testcase>`;
    expect(results(suite(failing('todo') + failing('skipped')))).toEqual(['todo s > t', 'failed s > t #2']);
  });
});

describe('problems', () => {
  test.each([
    ['tests', suite(CASE, ' tests="2"'), 'The report declares 2 tests, and lists 1.'],
    [
      'failures',
      suite(CASE, ' tests="1" failures="1"'),
      'The report declares 1 failures and errors, and lists 0.',
    ],
    [
      'tests of a suite',
      `<testsuites tests="1">${suite(CASE, ' tests="0"')}</testsuites>`,
      'The suite "s" declares 0 tests, and lists 1.',
    ],
    [
      'failures of a suite with suites',
      `<testsuites>${suite(suite(CASE), ' tests="1" failures="2"')}</testsuites>`,
      'The suite "s" declares 2 failures and errors, and lists 0.',
    ],
    ['a name', suite('<testcase/>'), 'A <testcase> has no name.'],
    ['an element', suite('<testcas name="t"/>'), 'A <testcas> stands where no report has one.'],
    ['a root', '<html/>', 'A <html> stands where no report has one.'],
  ])('%s', (_, text, problem) => {
    expect(read(text).problems).toEqual([problem]);
  });

  test.each(['<skippee/>', '8skipped/>', '<Failure/>', '<testcase name="inner"/>'])(
    'what is damaged or strange in a test is never a pass: %s',
    (inside) => {
      const text = suite(`<testcase name="t">${inside}</testcase>${CASE}`);
      expect(results(text)).toEqual(['errored s > t', 'passed s > c > t']);
      expect(read(text).problems).toEqual(['The <testcase> "t" holds what no report has there.']);
    },
  );
});

describe('hostile documents', () => {
  const lol = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');
  test.each([
    ['entities that multiply', `<!DOCTYPE s [<!ENTITY l0 "lol">${lol}]>${suite('<testcase name="&l9;"/>')}`],
    [
      'an external entity',
      `<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]>${suite('<testcase name="&e;"/>')}`,
    ],
    ['an external subset', `<!DOCTYPE s SYSTEM "http://localhost/s.dtd">${suite(CASE)}`],
  ])('%s: a DOCTYPE ends it', (_, text) => {
    const report = read(`<?xml version="1.0"?>${text}`);
    expect(report.tests).toEqual([]);
    expect(report.problems).toEqual(['It has a DOCTYPE, which no report needs.']);
  });

  test.each([
    ['an entity of nobody', suite(`${CASE}<testcase name="&nbsp;"/>`), 1, /undefined entity/],
    [
      'an end in the middle',
      `<testsuites>${suite(CASE)}<testsuite name="u"><testcase name="t"`,
      1,
      /unclosed tag|unexpected end/,
    ],
    ['a test that has no end', suite(`${CASE}<testcase name="u">`), 1, /unexpected close tag|unclosed/],
    ['an attribute given twice', suite(`${CASE}<testcase name="a" name="b"/>`), 1, /duplicate attribute/],
    [
      'elements in elements',
      suite(`${CASE}${'<testsuite>'.repeat(100)}`),
      1,
      /^It nests deeper than 64 elements/,
    ],
    [
      'many attributes',
      suite(`${CASE}<testcase ${Array.from({ length: 100 }, (_, n) => `a${n}=""`).join(' ')}/>`),
      1,
      /^An element has more than 64 attributes/,
    ],
    ['no XML', 'ok 1 - t', 0, /^It is no well-formed XML/],
    ['nothing', '', 0, /^It is no well-formed XML/],
  ])('%s: what was read before it stays', (_, text, tests, problem) => {
    const report = read(text);
    expect(report.tests).toHaveLength(tests);
    expect(report.problems[0]).toMatch(problem);
  });

  test('many elements', () => {
    const report = read(suite(`${CASE}${'<a/>'.repeat(REPORT_LIMITS.elements)}`));
    expect(report.tests).toHaveLength(1);
    expect(report.problems.at(-1)).toMatch(/more problems/);
  });

  test('characters that XML does not know are left out, by themselves and as references', () => {
    const text = suite(
      '<testcase name="a\u0000\u001b[1mb&#27;[0m&#x1B;&#0;&#xD800;&#9;\ud800&#x1F4A5;"><failure>]]></failure></testcase>',
    );
    expect(results(text)).toEqual(['failed s > a[1mb[0m 💥']);
    expect(read(text).problems).toEqual([]);
  });

  test('attributes named as members of Object.prototype', () => {
    const text = suite('<testcase name="t" __proto__="x" constructor="y" toString="z"/>', ' __proto__="x"');
    expect(results(text)).toEqual(['passed s > t']);
  });
});
