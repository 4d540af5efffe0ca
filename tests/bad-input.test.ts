import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { commandLine } from './support/command-line.ts';
import { REPOSITORY } from './support/repository.ts';
import { smallTarget } from './support/small-target.ts';

const LOG = path.join(REPOSITORY, 'examples/flights-log/postgresql.log');
const NOBODY = 65_534;

/** Where the programs under test keep temporary folders: nothing may be left in it. */
let temporary: string;
let target: Awaited<ReturnType<typeof smallTarget>>;

beforeAll(async () => {
  temporary = await mkdtemp('/tmp/whetstone-bad-input-');
  vi.stubEnv('TMPDIR', temporary);
  target = await smallTarget();
  await mkdir(path.join(target.folder, 'logs'));
  await writeFile(path.join(target.folder, 'logs/slow.json'), '');
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  await rm(temporary, { recursive: true, force: true });
});

interface Told {
  exitCode?: number | undefined;
  stdout: string;
  stderr: string;
}

/** In the target's folder; there is no engine at the socket that it is told of. */
const whetstone = (words: readonly string[]): Promise<Told> =>
  commandLine([...words, '--quiet', '--json'], { cwd: target.root, env: environment() });

/** The same by the program itself, under another one where one is named. */
function program(words: readonly string[], before: readonly string[] = [], env: Record<string, string> = {}) {
  const command = [...before, process.execPath, path.join(REPOSITORY, 'bin/whetstone.mjs')];
  const [file = '', ...args] = [...command, ...words, '--quiet', '--json'];
  return execa(file, args, {
    cwd: target.root,
    reject: false,
    timeout: 100_000,
    env: { ...environment(), ...env },
  });
}

const environment = () => ({
  HOME: target.folder,
  TMPDIR: temporary,
  WHETSTONE_HOME: path.join(target.folder, 'state'),
  DOCKER_HOST: `unix://${target.folder}/none.sock`,
  DATABASE_URL: undefined,
});

/** One paragraph that says what, where and what to do next, the same as a document, and nothing of the program's inside. */
function expectParagraph(done: Told, expected: { exitCode: 2 | 3; says: (string | RegExp)[] }): void {
  expect(done.exitCode, done.stderr).toBe(expected.exitCode);
  const paragraph = done.stderr.trim();
  expect(paragraph).not.toMatch(/\n\n|^\s+at |node:internal|node_modules/m);
  const { schemaVersion, error } = JSON.parse(done.stdout) as {
    schemaVersion: number;
    error: Record<string, string>;
  };
  expect(schemaVersion).toBe(1);
  expect(Object.keys(error)).toEqual(['code', 'message', 'hint']);
  expect(error['code']).not.toBe('unexpected');
  const flat = paragraph.replaceAll(/\s+/g, ' ');
  for (const part of [error['message'], error['hint']]) {
    expect(part).toMatch(/\w{3}/);
    expect(flat).toContain(part?.replaceAll(/\s+/g, ' ').trim().replace(/[.]$/, ''));
  }
  for (const part of expected.says) {
    if (typeof part === 'string') expect(flat).toContain(part);
    else expect(flat).toMatch(part);
  }
}

describe('a log', () => {
  const logs: Record<string, { content: () => Promise<string | Buffer | null>; says: RegExp }> = {
    missing: { content: async () => null, says: /no such file/i },
    empty: { content: async () => '', says: /empty/i },
    binary: {
      content: async () => Buffer.from([0, 1, 2, 3, 0, 255].concat(new Array(5_000).fill(0))),
      says: /binary|line 1/i,
    },
    truncated: {
      content: async () => (await readFile(LOG, 'utf8')).slice(0, 100_003),
      says: /truncated|cut|ends/i,
    },
    'packed and truncated': {
      content: async () => gzipSync(await readFile(LOG)).subarray(0, 50_000),
      says: /truncated|cut|ends|gzip/i,
    },
    unknown: { content: () => readFile(path.join(REPOSITORY, 'LICENSE'), 'utf8'), says: /line 1/ },
  };
  test.each(Object.entries(logs))('%s', async (name, { content, says }) => {
    const file = path.join(target.folder, `${name.replaceAll(' ', '-')}.log`);
    const bytes = await content();
    if (bytes !== null) await writeFile(file, bytes);
    expectParagraph(await whetstone(['patterns', file]), { exitCode: 2, says: [file, says] });
  });

  test('missing where the configuration names it', async () => {
    const config = await configuration('no-log', "sources: [{ path: '../logs/none.json' }]");
    const done = await whetstone(['loop', '--config', config]);
    expectParagraph(done, { exitCode: 2, says: ['logs/none.json', /sources/] });
  });
});

/** The target's configuration under another name, with one of its lines in place of what stood there. */
async function configuration(name: string, line: string): Promise<string> {
  const text = await readFile(path.join(target.root, 'whetstone.config.ts'), 'utf8');
  const file = path.join(target.root, `${name}.config.ts`);
  const key = line.slice(0, line.indexOf(':'));
  await writeFile(file, text.replace(new RegExp(`^  ${key}: .*$`, 'm'), `  ${line},`));
  return file;
}

describe('a configuration', () => {
  test.each([
    ['a field of the wrong type', "objective: { ms: 'fast' }", /objective.*ms/],
    ['a field that there is not', 'sources: [{ path: "../logs/*.json", colour: 1 }]', /sources\.0.*colour/],
    ['a field that must be there', 'environment: {}', /environment\.data/],
  ])('with %s', async (name, line, says) => {
    const config = await configuration(name.replaceAll(' ', '-'), line);
    expectParagraph(await whetstone(['loop', '--config', config]), { exitCode: 2, says: [config, says] });
  });

  test.each([
    ['that throws', "throw new Error('no such secret');\nexport default {};\n", /no such secret/],
    ['that does not parse', 'export default defineConfig({\n', /whetstone|parse|unexpected/i],
    ['that exports nothing', 'const a = 1;\n', /defineConfig|expected object/i],
    ['of bytes', Buffer.from([0, 159, 146, 150]), /cannot be read|root/],
  ])('%s', async (name, content, says) => {
    const config = path.join(target.root, `${name.replaceAll(' ', '-')}.config.ts`);
    await writeFile(config, content);
    expectParagraph(await whetstone(['loop', '--config', config]), { exitCode: 2, says: [config, says] });
  });

  test('missing', async () => {
    const config = path.join(target.root, 'none.config.ts');
    for (const command of [['loop'], ['gate', '--patch', LOG]]) {
      const done = await whetstone([...command, '--config', config]);
      expectParagraph(done, { exitCode: 2, says: [config, 'whetstone init'] });
    }
  });
});

describe('a patch', () => {
  test('missing', async () => {
    const file = path.join(target.folder, 'none.patch');
    expectParagraph(await whetstone(['gate', '--patch', file]), { exitCode: 2, says: [file, 'git diff'] });
  });

  test.each([
    ['binary', Buffer.from([100, 105, 102, 102, 0, 1]), 'binary'],
    ['too large', Buffer.alloc(2 ** 20 + 1, 'x'), 'bytes'],
  ])('%s', async (name, content, says) => {
    const file = path.join(target.folder, `${name.replaceAll(' ', '-')}.patch`);
    await writeFile(file, content);
    expectParagraph(await whetstone(['gate', '--patch', file]), { exitCode: 2, says: [file, says] });
  });
});

describe('an engine', () => {
  test('that does not answer', async () => {
    const done = await program(['loop']);
    expectParagraph(done, { exitCode: 3, says: [`${target.folder}/none.sock`, /DOCKER_HOST/] });
  });

  test('that this user may not speak to', async () => {
    const state = path.join(target.folder, 'state-of-nobody');
    await mkdir(state);
    await chown(state, NOBODY, NOBODY);
    const own = await mkdtemp('/tmp/whetstone-bad-input-nobody-');
    await chown(own, NOBODY, NOBODY);
    const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    const done = await program(['loop'], asNobody, {
      DOCKER_HOST: 'unix:///var/run/docker.sock',
      WHETSTONE_HOME: state,
      TMPDIR: own,
      HOME: own,
    });
    expectParagraph(done, { exitCode: 3, says: ['/var/run/docker.sock', /may not talk/] });
    expect((await readdir(own)).filter((name) => name.startsWith('whetstone'))).toEqual([]);
    await rm(own, { recursive: true, force: true });
  });
});

test('after all of this nothing is left behind', async () => {
  expect((await readdir(temporary)).filter((name) => name.startsWith('whetstone'))).toEqual([]);
  expect((await readdir(target.folder)).filter((name) => name.startsWith('shop'))).toEqual(['shop']);
  const changed = await execa('git', ['status', '--porcelain'], { cwd: target.root });
  const others = changed.stdout.split('\n').filter((line) => !line.endsWith('.config.ts'));
  expect(others).toEqual([]);
});
