import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_TESTS } from './collect-tests.ts';
import { nodeTestReporter } from './node-test.ts';
import { readReport } from './read-report.ts';
import type { ReportFormat, TestReport } from './test-report.ts';
import { EACH_RESULTS, fixtureFiles, NESTED_RESULTS } from './testing/runner-fixtures.ts';

const packages = path.resolve(import.meta.dirname, '../../node_modules');
let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'whetstone-reports-')));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function writeFixtures(runner: 'vitest' | 'node:test'): Promise<string> {
  const root = path.join(folder, runner.replace(':', '-'));
  for (const [file, text] of Object.entries(fixtureFiles(runner))) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  return root;
}

/** The variables of this test run would reach the runner that it starts. */
const run = (cwd: string, args: readonly string[]) =>
  execa(process.execPath, args, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    extendEnv: false,
    reject: false,
    timeout: 100_000,
  });

const read = async (file: string, root: string, format: ReportFormat): Promise<TestReport> => {
  const report = readReport(await readFile(path.join(folder, file)), { root });
  expect(report.format).toBe(format);
  return report;
};

/** `outcome id`, of the file alone where one is named. */
const results = ({ tests }: TestReport, start = '') =>
  tests.filter(({ id }) => id.startsWith(start)).map(({ id, outcome }) => `${outcome} ${id}`);
const named = ({ tests }: TestReport, id: string) => tests.find((one) => one.id === id);
const AMBIGUOUS = /^Several tests are named "[^"]*outer .*twice" and their outcomes differ/;

const vitestResults = [...NESTED_RESULTS, ...EACH_RESULTS];
const todoIsSkipped = (result: string) => result.replace(/^todo /, 'skipped ');

describe('vitest', () => {
  let root: string;
  beforeAll(async () => {
    root = await writeFixtures('vitest');
    // Its caches go to the nearest node_modules.
    await mkdir(path.join(root, 'node_modules'));
    await symlink(path.join(packages, 'vitest'), path.join(root, 'node_modules/vitest'));
    const vitest = [path.join(packages, 'vitest/vitest.mjs'), 'run', '--maxWorkers=2'];
    const outputs = ['json', 'junit', 'tap', 'tap-flat'].flatMap((name) => [
      `--reporter=${name}`,
      `--outputFile.${name}=${path.join(folder, `vitest.${name}`)}`,
    ]);
    const { stdout } = await run(root, [...vitest, ...outputs]);
    // The reporters of TAP know no file.
    const [tap = '', flat = ''] = stdout
      .split(/^(?=TAP version 13$)/m)
      .filter((part) => part.startsWith('TAP'));
    await writeFile(path.join(folder, 'vitest.tap'), `${tap.trimEnd()}\n`);
    await writeFile(path.join(folder, 'vitest.tap-flat'), `${flat.trimEnd()}\n`);
  });

  test('JSON carries all', async () => {
    const report = await read('vitest.json', root, 'vitest-jest-json');
    expect(results(report, 'sub/')).toEqual(vitestResults);
    expect(results(report, 'crash/').toSorted()).toEqual([
      'errored crash/syntax.test.mjs',
      'errored crash/throws.test.mjs',
      'failed crash/exits.test.mjs > leaves',
      'passed crash/exits.test.mjs > first',
      'passed crash/exits.test.mjs > last',
    ]);
    // A hook that threw is no result of its own there, but fails the file.
    expect(results(report, 'hook')).toEqual([
      'skipped hook.test.mjs > suite > inside',
      'passed hook.test.mjs > outside',
      'errored hook.test.mjs',
    ]);
    expect(named(report, 'crash/throws.test.mjs')?.message).toBe('At the top level.');
    const failed = report.tests.find(({ id }) => id.endsWith('twice #2'));
    expect(failed).toMatchObject({
      file: 'sub/nested.test.mjs',
      path: ['outer "quoted" & <b>', 'inner > é 💥', 'twice'],
      durationMs: expect.any(Number),
    });
    expect(failed?.message).toMatch(/^Error: First line\.\nred <&> \]\]>\nok 1 - forged\n/);
    expect(report.declared).toEqual({ tests: 20, passed: 13, failed: 4, errored: null, skipped: 2, todo: 1 });
    expect(report.problems).toEqual([expect.stringMatching(AMBIGUOUS)]);
  });

  test('JUnit: a todo is skipped, titles are joined, a hook that threw is a test named by its suite', async () => {
    const report = await read('vitest.junit', root, 'junit-xml');
    expect(results(report, 'sub/')).toEqual(vitestResults.map(todoIsSkipped));
    expect(results(report, 'hook')).toEqual([
      'skipped hook.test.mjs > suite > inside',
      'passed hook.test.mjs > outside',
      'failed hook.test.mjs > suite',
    ]);
    expect(named(report, 'crash/syntax.test.mjs')).toMatchObject({ outcome: 'errored', path: [] });
    expect(report.tests.find(({ id }) => id.endsWith('twice #2'))?.path).toEqual([
      'outer "quoted" & <b> > inner > é 💥 > twice',
    ]);
    expect(report.problems).toEqual([expect.stringMatching(AMBIGUOUS)]);
  });

  test('TAP: a hook that threw breaks its suite', async () => {
    const report = await read('vitest.tap', root, 'tap');
    expect(results(report, 'sub/')).toEqual(vitestResults);
    expect(results(report, 'hook')).toEqual([
      'skipped hook.test.mjs > suite > inside',
      'errored hook.test.mjs > suite',
      'passed hook.test.mjs > outside',
    ]);
    expect(named(report, 'crash/throws.test.mjs')).toMatchObject({ outcome: 'errored', path: [] });
    expect(report.problems).toEqual([expect.stringMatching(AMBIGUOUS)]);
  });

  test('flat TAP: titles are joined, a hook that threw shows nowhere', async () => {
    const report = await read('vitest.tap-flat', root, 'tap');
    expect(results(report, 'sub/')).toEqual(vitestResults);
    expect(results(report, 'hook')).toEqual([
      'skipped hook.test.mjs > suite > inside',
      'passed hook.test.mjs > outside',
    ]);
    expect(report.problems).toEqual([expect.stringMatching(AMBIGUOUS)]);
  });
});

describe('node --test', () => {
  let root: string;
  beforeAll(async () => {
    root = await writeFixtures('node:test');
    const outputs = [nodeTestReporter, 'junit', 'tap'].flatMap((name) => [
      `--test-reporter=${name}`,
      `--test-reporter-destination=${path.join(folder, `node.${path.basename(name)}`)}`,
    ]);
    await run(root, ['--test', ...outputs]);
  });
  const withoutFile = (result: string) => result.replace('sub/nested.test.mjs > ', '');

  test('our reporter carries all; a file that was left has no tests', async () => {
    const report = await read('node.node-test-reporter.mjs', root, 'node-test');
    expect(results(report, 'sub/')).toEqual(NESTED_RESULTS);
    expect(results(report, 'crash/')).toEqual([
      'errored crash/exits.test.mjs',
      'errored crash/syntax.test.mjs',
      'errored crash/throws.test.mjs',
    ]);
    expect(results(report, 'hook')).toEqual([
      'failed hook.test.mjs > suite > inside',
      'errored hook.test.mjs > suite',
      'passed hook.test.mjs > outside',
    ]);
    // It exits with 0, and Node calls the file passed.
    expect(named(report, 'crash/exits.test.mjs')?.message).toBe(NO_TESTS);
    expect(named(report, 'crash/syntax.test.mjs')?.message).toContain('SyntaxError: Unexpected end of input');
    expect(named(report, 'hook.test.mjs > suite')?.message).toMatch(/^Error: In a hook\./);
    expect(report.declared).toMatchObject({ tests: 18, skipped: 1, todo: 1 });
    expect(report.problems).toEqual([expect.stringMatching(AMBIGUOUS)]);
  });

  test('JUnit: no files, quotes escaped twice, line breaks dropped', async () => {
    const report = await read('node.junit', root, 'junit-xml');
    expect(results(report).filter((result) => result.includes('outer'))).toEqual(
      NESTED_RESULTS.map((result) =>
        withoutFile(result).replaceAll('"', '&quot;').replace('line break', 'linebreak'),
      ),
    );
    expect(results(report, 'crash/')).toHaveLength(3);
    expect(report.tests.every(({ id, file }) => file === null || id.startsWith('crash/'))).toBe(true);
    expect(report.problems).toEqual([expect.stringMatching(AMBIGUOUS)]);
  });

  test('TAP: no files, white space in titles escaped and not marked as such', async () => {
    const report = await read('node.tap', root, 'tap');
    expect(results(report).filter((result) => result.includes('outer'))).toEqual(
      NESTED_RESULTS.map((result) =>
        withoutFile(result).replace('line break', 'line\\nbreak').replace('tab and', 'tab\\tand'),
      ),
    );
    expect(results(report, 'crash/')).toEqual([
      'errored crash/exits.test.mjs',
      'errored crash/syntax.test.mjs',
      'errored crash/throws.test.mjs',
    ]);
    expect(results(report, 'suite')).toEqual(['failed suite > inside', 'errored suite']);
    expect(report.problems).toEqual([expect.stringMatching(AMBIGUOUS)]);
  });
});
