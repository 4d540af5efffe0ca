import { describe, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import { readReport } from './read-report.ts';
import { REPORT_LIMITS } from './report-limits.ts';
import { ReportFormat } from './test-report.ts';

const read = (content: string | Uint8Array, format?: string) =>
  readReport(content, { root: '/target', format });
const JSON_REPORT =
  '{"success":true,"numTotalTests":1,"testResults":[{"name":"/target/a.test.js","status":"passed","message":"","assertionResults":[{"ancestorTitles":[],"title":"é","status":"passed"}]}]}';
const JUNIT = '<testsuite name="s"><testcase name="t"/></testsuite>';
const TAP = 'TAP version 13\n1..1\nok 1 - t\n';
const NODE = '{"type":"begin","writer":"whetstone-node-test","version":1}\n{"type":"end","lines":2}\n';

function faultOf(content: string | Uint8Array, format?: string): Fault {
  try {
    read(content, format);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('No Fault was thrown.');
}

describe('the format', () => {
  test.each([
    ['vitest-jest-json', JSON_REPORT],
    ['vitest-jest-json', `\ufeff${JSON.stringify(JSON.parse(JSON_REPORT), null, 2)}`],
    ['junit-xml', `<?xml version="1.0"?>\n<!-- by x -->\n${JUNIT}`],
    ['junit-xml', '<testsuites/>'],
    ['tap', TAP],
    ['tap', `> pkg@1.0.0 test\n> tape\n\n${TAP}`],
    ['tap', '# a title\nnot ok 1 t\r\n1..1\n'],
    ['node-test', NODE],
  ])('%s is detected', (format, text) => {
    for (const content of [text, Buffer.from(text)]) {
      expect(read(content).format).toBe(format);
      expect(read(content)).toEqual(read(content, format));
      expect(read(content).problems).toEqual([]);
    }
  });

  test.each([
    '',
    ' \n',
    '{"a":1}',
    '[]',
    '<html><body/></html>',
    'All tests passed.',
    'okay',
    '\u0000\u0001',
    '# only a comment\n',
  ])('one that is not known is a Fault: %j', (text) => {
    const { code, kind, message, hint } = faultOf(text);
    expect({ code, kind }).toEqual({ code: 'unknown-report', kind: 'input' });
    expect(message).toContain('of no format that is read here');
    for (const format of ReportFormat.options) expect(hint).toContain(format);
  });

  test('a name that is not known is a Fault', () => {
    for (const name of ['junit', '', '__proto__', 'toString'])
      expect(faultOf(TAP, name)).toMatchObject({
        code: 'unknown-report',
        message: expect.stringContaining(JSON.stringify(name)),
      });
  });

  test.each(ReportFormat.options)(
    '%s by name: what is of another is a problem of the report, not a Fault',
    (format) => {
      for (const text of ['', 'nothing', '\u0000', JSON_REPORT, JUNIT, TAP, NODE].filter(
        (one) => detectedFormat(one) !== format,
      )) {
        const report = read(text, format);
        expect(report.tests).toEqual([]);
        expect(report.problems).not.toEqual([]);
      }
    },
  );
});

function detectedFormat(text: string): string | undefined {
  try {
    return read(text).format;
  } catch {
    return undefined;
  }
}

test('a report that is too large is a problem, and nothing of it is read', () => {
  const bytes = Buffer.alloc(REPORT_LIMITS.bytes + 1, '\n');
  bytes.write(TAP);
  const expected = {
    tests: [],
    problems: [`It has ${bytes.length} bytes, and no more than ${REPORT_LIMITS.bytes} are read.`],
  };
  expect(read(bytes)).toMatchObject(expected);
  expect(read('é'.repeat(REPORT_LIMITS.bytes / 2 + 1), 'junit-xml').tests).toEqual([]);
});

test('what is no UTF-8 is read, and said', () => {
  const bytes = Buffer.from(JSON_REPORT);
  bytes[bytes.indexOf('é')] = 0xff;
  expect(read(bytes).tests.map(({ id }) => id)).toEqual(['a.test.js >']);
  expect(read(bytes).problems).toEqual(['It is not UTF-8.']);
});
