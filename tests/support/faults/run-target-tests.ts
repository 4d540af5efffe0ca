import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import type { SourceChange } from '../../../loops/admit/code/mutants/source-change.ts';
import { temporaryFolder } from '../../../sandboxes/images/temporary-folder.ts';
import { REPOSITORY } from '../repository.ts';

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** How the tests of a target went; what did not end in time names no tests. */
export interface TargetTests {
  passed: number;
  /** By the test's file. */
  failed: { file: string; test: string }[];
  /** Files that could not be loaded, or that hold no test that could run. */
  broken: string[];
  timedOut: boolean;
}

/** A copy of a target outside this repository, which finds vitest where this one does. */
export async function copyTarget(folder: string): Promise<AsyncDisposable & { path: string }> {
  const home = await temporaryFolder();
  const copy = path.join(home.path, path.basename(folder));
  await cp(folder, copy, { recursive: true, filter: (file) => path.basename(file) !== 'node_modules' });
  await symlink(path.join(REPOSITORY, 'node_modules'), path.join(home.path, 'node_modules'));
  return { path: copy, [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() };
}

/** Runs the tests of a copy with a change in it, and takes the change back. */
export async function runTestsWith(
  copy: string,
  change: SourceChange,
  timeoutMs = 60_000,
): Promise<TargetTests> {
  const file = path.join(copy, change.file);
  const before = await readFile(file, 'utf8');
  await writeFile(file, change.apply());
  try {
    return await runTargetTests(copy, timeoutMs);
  } finally {
    await writeFile(file, before);
  }
}

/** One worker, as a thread: a test that never ends then goes with its process. */
export async function runTargetTests(folder: string, timeoutMs = 60_000): Promise<TargetTests> {
  const report = path.join(folder, '..', 'report.json');
  const { timedOut } = await execa(
    process.execPath,
    [
      path.join(REPOSITORY, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--root', folder, '--pool=threads', '--maxWorkers=1'],
      ...['--reporter=json', '--outputFile', report],
    ],
    {
      cwd: folder,
      reject: false,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      extendEnv: false,
      env: { PATH: process.env['PATH'] ?? '', CI: '1' },
    },
  );
  if (timedOut) return { passed: 0, failed: [], broken: [], timedOut };
  const { testResults } = Report.parse(JSON.parse(await readFile(report, 'utf8')));
  await rm(report);
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({
      file: path.relative(folder, name),
      test: fullName,
      status,
    })),
  );
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: tests.filter(({ status }) => status !== 'passed').map(({ file, test }) => ({ file, test })),
    broken: testResults
      .filter(({ status, assertionResults }) => status !== 'passed' && assertionResults.length === 0)
      .map(({ name }) => path.relative(folder, name)),
    timedOut,
  };
}
