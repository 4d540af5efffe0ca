import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Duplex } from 'node:stream';
import { codeCommand, SEPARATE_FILES, testCommand } from '../commands.ts';
import { type RelayLimits, type RelayOutcome, relay, relayLimits } from '../relay.ts';
import { hollow, splitTarget } from '../split-target.ts';

const here = path.resolve(import.meta.dirname, '..');
const modules = path.resolve(here, '../../../node_modules');
const vitest = [process.execPath, path.join(modules, 'vitest/vitest.mjs'), 'run'];

/**
 * A target in a folder as it is, and once more in two: what the tests may see, and what they test. Beside them lie the files that
 * a container gets, and packages where Node looks for them.
 */
export interface TestTarget {
  root: string;
  whole: string;
  tests: string;
  code: string;
  /** What runs the code under test. */
  command: string[];
}

/** One test file: what vitest said of each of its tests, and of the file where it could not be imported. */
export interface FileReport {
  status: string;
  message: string;
  tests: Record<string, { status: string; message: string }>;
}

export interface TestRun {
  exitCode: number | null;
  files: Record<string, FileReport>;
  stderr: string;
}

/** Texts by path. The caller removes `root`. */
export async function writeTarget(files: Record<string, string>, config = '{}'): Promise<TestTarget> {
  const root = await mkdtemp(path.join(tmpdir(), 'whetstone-separate-'));
  const code = `${root}/code`;
  const command = codeCommand(`${root}/separate/code-server.mjs`, code);
  const target = { root, whole: `${root}/whole`, tests: `${root}/tests`, code, command };
  const { testSide, codeSide } = splitTarget(Object.keys(files));
  const text = (file: string) => files[file] as string;
  await symlink(modules, `${root}/node_modules`);
  await mkdir(`${root}/separate`);
  for (const file of SEPARATE_FILES) await copyFile(path.join(here, file), `${root}/separate/${file}`);
  for (const folder of [target.whole, target.tests, target.code]) {
    await mkdir(folder);
    await write(`${folder}/package.json`, '{ "type": "module" }');
  }
  await write(`${target.whole}/vitest.config.mjs`, `export default ${config};`);
  const plugin = `'${root}/separate/test-plugin.mjs'`;
  const split = `{ root: import.meta.dirname, codeSide: ${JSON.stringify(codeSide)} }`;
  await write(
    `${target.tests}/vitest.config.mjs`,
    `import { separateConfig } from ${plugin};\nexport default separateConfig(${config}, ${split});`,
  );
  for (const file of testSide) await write(`${target.tests}/${file}`, text(file));
  for (const file of codeSide) await write(`${target.tests}/${file}`, hollow(file));
  for (const file of codeSide) await write(`${target.code}/${file}`, text(file));
  for (const file of Object.keys(files)) await write(`${target.whole}/${file}`, text(file));
  return target;
}

/** The ordinary way: tests and the code they test in one process. */
export async function runTogether({ whole }: TestTarget): Promise<TestRun> {
  const child = spawn(vitest[0] as string, [...vitest.slice(1), ...reporting], {
    cwd: whole,
    env: quietEnv(),
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  child.stdout.resume();
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, stderr, files: await readReport(whole) };
}

export interface SeparateOptions {
  limits?: Partial<RelayLimits>;
  /** Stdin and stdout of the tests are pipes, as in a container, where node gives sockets. */
  pipes?: boolean;
  /** File for what the code changed of the language and of Node, a line each. */
  signs?: string;
}

export async function runSeparate(
  { tests, code, command: codeServer }: TestTarget,
  { limits, pipes, signs }: SeparateOptions = {},
): Promise<TestRun & { outcome: RelayOutcome }> {
  const command = testCommand([...vitest, ...reporting]);
  const env = signs === undefined ? {} : { WHETSTONE_SIGNS: signs };
  const stream = openProcess(pipes ? ['sh', '-c', throughPipes, 'sh', ...command] : command, tests, env);
  const outcome = await relay({
    tests: stream,
    openCode: async () => openProcess(codeServer, code),
    limits: { ...relayLimits, ...limits },
  });
  return {
    exitCode: await stream.exitCode,
    stderr: stream.stderr(),
    files: await readReport(tests),
    outcome,
  };
}

const throughPipes =
  'exec 7>&1 8<&0 1>&2; cat <&8 7>&- | "$@" 7>&- 8<&- | cat >&7 8<&- & exec 7>&- 8<&-; wait $!';

const reporting = ['--reporter=json', '--outputFile=report.json'];

export interface ProcessStream extends Duplex {
  exitCode: Promise<number | null>;
  stderr(): string;
}

/**
 * Stdin and stdout of a process as one stream; destroying it kills the process and its children. Not `Duplex.from`, which
 * fails with what was said still unread when stdin closes first, as it may when a process ends.
 */
export function openProcess(
  command: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): ProcessStream {
  const [program, ...words] = command as [string, ...string[]];
  const child = spawn(program, words, { cwd, detached: true, env: { ...quietEnv(), ...env } });
  const stream = new Duplex({
    read: () => child.stdout.resume(),
    write: (chunk, _, done) => void child.stdin.write(chunk, () => done()),
    final: (done) => void child.stdin.end(() => done()),
    destroy(error, done) {
      child.stdout.destroy();
      child.stdin.destroy();
      done(error);
    },
  });
  child.stdout.on('data', (chunk: Buffer) => stream.push(chunk) || child.stdout.pause());
  child.stdout.on('end', async () => {
    // It mostly ends with it: whoever destroys the stream for that must not kill it before.
    if (child.exitCode === null)
      await once(child, 'exit', { signal: AbortSignal.timeout(1_000) }).catch(() => {});
    stream.push(null);
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk).slice(-20_000);
  });
  child.stdin.on('error', () => {});
  stream.on('close', () => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  });
  return Object.assign(stream, {
    exitCode: new Promise<number | null>((resolve) => child.on('close', resolve)),
    stderr: () => stderr,
  });
}

/** Without what the outer vitest put there. */
function quietEnv(): NodeJS.ProcessEnv {
  const ours = /^(VITEST|NODE_ENV|TEST|DEV|PROD|SSR|MODE|BASE_URL|NODE_OPTIONS)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

export async function readReport(folder: string): Promise<Record<string, FileReport>> {
  const text = await readFile(`${folder}/report.json`, 'utf8').catch(() => '{"testResults":[]}');
  const report = JSON.parse(text) as {
    testResults: {
      name: string;
      status: string;
      message: string;
      assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
    }[];
  };
  return Object.fromEntries(
    report.testResults.map(({ name, status, message, assertionResults }) => [
      path.relative(folder, name),
      {
        status,
        message,
        tests: Object.fromEntries(
          assertionResults.map((one) => [
            one.fullName,
            { status: one.status, message: one.failureMessages?.join('\n') ?? '' },
          ]),
        ),
      },
    ]),
  );
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}
