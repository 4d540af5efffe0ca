import fc from 'fast-check';
import type { ReportFormat, TestOutcome } from '../test-report.ts';

/** What tests a run had, and how they ended; `path` is relative to ROOT. */
export interface FileTree {
  path: string;
  /** Why it broke before its tests; they are then in no report. */
  crash: string | null;
  nodes: readonly TreeNode[];
}

export type TreeNode =
  | { title: string; children: readonly TreeNode[] }
  | { title: string; outcome: Exclude<TestOutcome, 'errored'>; message: string };

export interface Rendering {
  name: string;
  format: ReportFormat;
  render: (files: readonly FileTree[]) => string;
  /** What the format cannot carry. */
  loses: { files?: true; todo?: true };
}

export const ROOT = '/target';

/** Each as its writer writes it: vitest and jest, `node --test`, and JUnit's with suites inside suites. */
export const RENDERINGS: readonly Rendering[] = [
  { name: 'JSON of vitest', format: 'vitest-jest-json', render: renderJson, loses: {} },
  { name: 'events of node', format: 'node-test', render: renderEvents, loses: {} },
  { name: 'JUnit of vitest', format: 'junit-xml', render: renderJunit, loses: { todo: true } },
  { name: 'JUnit in suites', format: 'junit-xml', render: renderNestedJunit, loses: {} },
  { name: 'TAP of vitest', format: 'tap', render: renderVitestTap, loses: {} },
  { name: 'TAP of node', format: 'tap', render: renderNodeTap, loses: { files: true } },
];

const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    'é',
    '💥',
    '"',
    "'",
    '<',
    '&',
    '>',
    ' > ',
    '#',
    ' # SKIP',
    '\\',
    '\\n',
    '{',
    '}',
    ' ',
    '\n',
    '\u001b[31m',
  ],
  ...[']]>', '&amp;', '1..2', 'ok 1 - ', '...', '---', '%', '__proto__', 'constructor'],
);
// What is no blank at both ends: of a title that is nothing else no two writers make the same.
const title = fc
  .tuple(fc.array(piece, { maxLength: 4 }), fc.constantFrom('x', 'y', 'z'))
  .map(([pieces, end]) => `t${pieces.join('')}${end}`);
const test = fc.record({
  title,
  outcome: fc.constantFrom('passed', 'passed', 'failed', 'skipped', 'todo'),
  message: fc.array(piece, { maxLength: 6 }).map((pieces) => `m${pieces.join('')}`),
});
const node: fc.Arbitrary<TreeNode> = fc.letrec<{ node: TreeNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    test as fc.Arbitrary<TreeNode>,
    fc.record({ title, children: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
  ),
})).node;

export const fileTrees: fc.Arbitrary<FileTree[]> = fc.uniqueArray(
  fc.record({
    path: fc.constantFrom('a.test.ts', 'src/b.test.ts', 'src/deep/c d.test.mjs', 'ü.spec.tsx'),
    crash: fc.option(fc.constantFrom('It broke.\nHere.', 'SyntaxError: <&>'), { freq: 4 }),
    nodes: fc.array(node, { minLength: 1, maxLength: 4 }),
  }),
  { selector: ({ path }) => path, minLength: 1, maxLength: 3 },
);

export interface Leaf {
  titles: string[];
  outcome: Exclude<TestOutcome, 'errored'>;
  message: string;
}

export function leavesOf(nodes: readonly TreeNode[], suites: readonly string[] = []): Leaf[] {
  return nodes.flatMap((one) => {
    const titles = [...suites, one.title];
    return 'children' in one
      ? leavesOf(one.children, titles)
      : [{ titles, outcome: one.outcome, message: one.message }];
  });
}

const hasFailed = (nodes: readonly TreeNode[]): boolean =>
  leavesOf(nodes).some(({ outcome }) => outcome === 'failed');
const indent = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by));

function renderJson(files: readonly FileTree[]): string {
  const all = files.flatMap(({ crash, nodes }) => (crash === null ? leavesOf(nodes) : []));
  const count = (outcome: TestOutcome) => all.filter((leaf) => leaf.outcome === outcome).length;
  const failed = (file: FileTree) => file.crash !== null || hasFailed(file.nodes);
  return JSON.stringify({
    numTotalTests: all.length,
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('skipped'),
    numTodoTests: count('todo'),
    success: !files.some(failed),
    testResults: files.map((file) => ({
      assertionResults: (file.crash === null ? leavesOf(file.nodes) : []).map(
        ({ titles, outcome, message }) => ({
          ancestorTitles: titles.slice(0, -1),
          title: titles.at(-1),
          status: outcome,
          ...(outcome === 'skipped' ? {} : { duration: 1.5 }),
          failureMessages: outcome === 'failed' ? [message] : [],
          meta: {},
        }),
      ),
      status: failed(file) ? 'failed' : 'passed',
      message: file.crash ?? '',
      name: `${ROOT}/${file.path}`,
    })),
  });
}

function renderEvents(files: readonly FileTree[]): string {
  const lines: object[] = [{ type: 'begin', writer: 'whetstone-node-test', version: 1 }];
  const totals = { tests: 0, pass: 0, fail: 0, skipped: 0, todo: 0 };
  const keys = { passed: 'pass', failed: 'fail', skipped: 'skipped', todo: 'todo' } as const;
  const result = (
    kind: string,
    name: string,
    file: string,
    nesting: number,
    outcome: Leaf['outcome'],
    more: object,
  ) => {
    lines.push({
      type: 'result',
      nesting,
      name,
      file,
      kind,
      outcome,
      durationMs: 1.5,
      reason: null,
      message: null,
      ...more,
    });
    if (kind === 'suite') return;
    totals.tests += 1;
    totals[keys[outcome]] += 1;
  };
  const visit = (one: TreeNode, file: string, nesting: number): void => {
    lines.push({ type: 'start', nesting, name: one.title });
    if ('children' in one) {
      for (const child of one.children) visit(child, file, nesting + 1);
      const failed = hasFailed(one.children);
      const more = failed ? { reason: 'subtestsFailed', message: '1 subtest failed' } : {};
      result('suite', one.title, file, nesting, failed ? 'failed' : 'passed', more);
    } else
      result('test', one.title, file, nesting, one.outcome, {
        message: one.outcome === 'failed' ? one.message : null,
      });
  };
  for (const { path, crash, nodes } of files) {
    const file = `${ROOT}/${path}`;
    if (crash === null) for (const one of nodes) visit(one, file, 0);
    else {
      lines.push({ type: 'start', nesting: 0, name: file });
      result('file', file, file, 0, 'failed', { reason: 'testCodeFailure', message: crash });
    }
  }
  for (const [key, value] of Object.entries(totals)) lines.push({ type: 'total', text: `${key} ${value}` });
  lines.push({ type: 'end', lines: lines.length + 1 });
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/** As vitest does: what XML cannot hold is dropped, and a line break in an attribute stays one. */
function xml(text: string): string {
  const legal = text.replaceAll('\u001b', '');
  return legal.replace(
    /[&<>"']/g,
    (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one] ?? '&apos;',
  );
}

function junitCase(name: string, classname: string, { outcome, message }: Omit<Leaf, 'titles'>): string {
  const inside = {
    passed: '',
    failed: `<failure message="${xml(message)}" type="Error">\n${xml(message)}\n</failure>`,
    skipped: '<skipped/>',
    todo: '<skipped type="todo" message="true"/>',
  };
  return `<testcase name="${xml(name)}" classname="${xml(classname)}" time="0.0015">\n${inside[outcome]}\n</testcase>\n`;
}

function renderJunit(files: readonly FileTree[]): string {
  const suites = files.map(({ path, crash, nodes }) => {
    const leaves: Leaf[] =
      crash === null ? leavesOf(nodes) : [{ titles: [path], outcome: 'failed', message: crash }];
    const failures = leaves.filter(({ outcome }) => outcome === 'failed').length;
    const cases = leaves.map(({ titles, ...leaf }) => junitCase(titles.join(' > '), path, leaf));
    const text = `<testsuite name="${path}" tests="${leaves.length}" failures="${failures}" errors="0">${cases.join('')}</testsuite>`;
    return { text, failures, tests: leaves.length };
  });
  const sum = (key: 'tests' | 'failures') => suites.reduce((total, suite) => total + suite[key], 0);
  const inside = suites.map(({ text }) => text).join('\n');
  // vitest has no word for todo.
  return `<?xml version="1.0" encoding="UTF-8" ?>\n<testsuites name="vitest tests" tests="${sum('tests')}" failures="${sum('failures')}" errors="0">\n${inside.replaceAll(' type="todo" message="true"', '')}\n</testsuites>\n`;
}

function renderNestedJunit(files: readonly FileTree[]): string {
  const visit = (one: TreeNode): string =>
    'children' in one
      ? `<testsuite name="${xml(one.title)}" tests="${one.children.length}">${one.children.map(visit).join('')}</testsuite>`
      : junitCase(one.title, 'test', one);
  const suites = files.map(({ path, crash, nodes }) => {
    const file = `${ROOT}/${path}`;
    const inside =
      crash === null ? nodes.map(visit) : [junitCase(file, 'test', { outcome: 'failed', message: crash })];
    return `<testsuite name="${file}" file="${file}">${inside.join('')}</testsuite>`;
  });
  return `<?xml version="1.0"?><testsuites>${suites.join('')}</testsuites>`;
}

const tapText = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('#', '\\#');

function renderVitestTap(files: readonly FileTree[]): string {
  const yaml = (message: string) =>
    `    ---\n    error:\n        name: "Error"\n    actual: "${message}"\n    ...\n`;
  const point = (ok: boolean, number: number, name: string, rest: string) =>
    `${ok ? 'ok' : 'not ok'} ${number} - ${tapText(name).replaceAll('\n', ' ')}${rest}\n`;
  const visit = (one: TreeNode, index: number): string => {
    if ('children' in one) {
      const inside = `1..${one.children.length}\n${one.children.map(visit).join('')}`;
      return `${point(!hasFailed([one]), index + 1, one.title, ' # time=1.50ms {')}${indentTap(inside)}}\n`;
    }
    const comment = {
      skipped: ' # SKIP',
      todo: ' # TODO',
      passed: ' # time=1.50ms',
      failed: ' # time=1.50ms',
    };
    const failed = one.outcome === 'failed';
    return point(!failed, index + 1, one.title, comment[one.outcome]) + (failed ? yaml(one.message) : '');
  };
  const points = files.map(({ path, crash, nodes }, index) =>
    crash === null
      ? visit({ title: path, children: nodes }, index)
      : `${point(false, index + 1, path, '')}${yaml(crash)}`,
  );
  return `TAP version 13\n1..${files.length}\n${points.join('')}`;
}

/** The lines of vitest's strings stay where they are; those of the generated ones that begin a line do too. */
function indentTap(text: string): string {
  return indent(text, 4);
}

/** Node announces each test, and puts its subtests before it. */
function renderNodeTap(files: readonly FileTree[]): string {
  const totals = { tests: 0, suites: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
  const visit = (one: TreeNode, index: number): string => {
    const name = tapText(one.title.replaceAll('\n', '\\n'));
    const result = (ok: boolean, directive: string, fields: string) =>
      `${ok ? 'ok' : 'not ok'} ${index + 1} - ${name}${directive}\n  ---\n  duration_ms: 1.5\n${fields}  ...\n`;
    if ('children' in one) {
      totals.suites += 1;
      const inside = `${one.children.map(visit).join('')}1..${one.children.length}\n`;
      const failed = hasFailed([one]);
      const fields = `  type: 'suite'\n${failed ? "  failureType: 'subtestsFailed'\n" : ''}`;
      return `# Subtest: ${name}\n${indentTap(inside)}${result(!failed, '', fields)}`;
    }
    totals.tests += 1;
    totals[({ passed: 'pass', failed: 'fail', skipped: 'skipped', todo: 'todo' } as const)[one.outcome]] += 1;
    const directive = { skipped: ' # SKIP', todo: ' # TODO', passed: '', failed: '' }[one.outcome];
    const failed = one.outcome === 'failed';
    const error = `  failureType: 'testCodeFailure'\n  error: |-\n${indent(one.message, 4)}\n`;
    return `# Subtest: ${name}\n${result(!failed, directive, failed ? error : '')}`;
  };
  const crashed = ({ path, crash }: FileTree): TreeNode[] =>
    crash === null ? [] : [{ title: `${ROOT}/${path}`, outcome: 'failed', message: crash }];
  const points = files.flatMap((file) => (file.crash === null ? file.nodes : crashed(file)));
  const body = points.map(visit).join('');
  const summary = Object.entries(totals).map(([key, value]) => `# ${key} ${value}\n`);
  return `TAP version 13\n${body}1..${points.length}\n${summary.join('')}# duration_ms 12.5\n`;
}
