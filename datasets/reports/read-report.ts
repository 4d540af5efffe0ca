import { Fault } from '../fault.ts';
import { collectTests } from './collect-tests.ts';
import { readJunitXml } from './junit-xml.ts';
import { NODE_TEST_BEGIN, readNodeTest } from './node-test.ts';
import { REPORT_LIMITS } from './report-limits.ts';
import { readTap } from './tap.ts';
import { ReportFormat, type TestReport } from './test-report.ts';
import { readVitestJestJson } from './vitest-jest-json.ts';

const READERS: Record<ReportFormat, (text: string, root: string) => TestReport> = {
  'vitest-jest-json': readVitestJestJson,
  'node-test': readNodeTest,
  'junit-xml': readJunitXml,
  tap: readTap,
};

const HEAD_CHARACTERS = 65_536;
const TAP_LINE = /^ *(?:TAP version 1[34]|1\.\.\d|(?:not )?ok(?: |\r?$)|# Subtest: |Bail out!)/m;

/**
 * Reads the report of a test run, in a format given by name or detected. `root` is the folder of the tests as the report
 * has it, such as `/target`: ids are relative to it. Whatever is wrong with a report of a known format, empty or too large
 * included, is one of its `problems`, since the code under test may have written it; that no format is known is a Fault.
 */
export function readReport(
  content: Uint8Array | string,
  { root, format: name }: { root: string; format?: string | undefined },
): TestReport {
  const bytes = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
  const head = decode(content.slice(0, HEAD_CHARACTERS)).text;
  const format = name === undefined ? detectFormat(head) : formatNamed(name);
  if (bytes > REPORT_LIMITS.bytes) {
    const tests = collectTests(format, root);
    tests.problem(`It has ${bytes} bytes, and no more than ${REPORT_LIMITS.bytes} are read.`);
    return tests.report();
  }
  const { text, isUtf8 } = decode(content);
  const report = READERS[format](text.replace(/^\ufeff/, ''), root);
  return isUtf8 ? report : { ...report, problems: ['It is not UTF-8.', ...report.problems] };
}

function formatNamed(name: string): ReportFormat {
  const { data } = ReportFormat.safeParse(name);
  if (data !== undefined) return data;
  throw new Fault('unknown-report', `No format of test reports is named ${JSON.stringify(name)}.`, {
    hint: `Name one of ${ReportFormat.options.join(', ')}, or leave the name out to have the format detected.`,
  });
}

function detectFormat(head: string): ReportFormat {
  const start = head.trimStart();
  if (start.startsWith(NODE_TEST_BEGIN)) return 'node-test';
  if (start.startsWith('{') && /"(?:testResults|num[A-Z]\w+)"\s*:/.test(start)) return 'vitest-jest-json';
  if (start.startsWith('<') && /<testsuites?[\s/>]/.test(start)) return 'junit-xml';
  if (!/^[{<[]/.test(start) && TAP_LINE.test(start)) return 'tap';
  throw new Fault(
    'unknown-report',
    `The test report is of no format that is read here; it starts with ${JSON.stringify(start.slice(0, 60))}.`,
    {
      hint: `Have the tests write one of ${ReportFormat.options.join(', ')}, such as \`vitest run --reporter=json\`, and nothing else, into the file.`,
    },
  );
}

function decode(content: Uint8Array | string): { text: string; isUtf8: boolean } {
  if (typeof content === 'string') return { text: content, isUtf8: true };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(content), isUtf8: true };
  } catch {
    return { text: new TextDecoder().decode(content), isUtf8: false };
  }
}
