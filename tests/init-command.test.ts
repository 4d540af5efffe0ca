import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { simpleGit } from 'simple-git';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadTarget } from '../loops/target/load-target.ts';

const binary = path.resolve(import.meta.dirname, '../bin/whetstone.mjs');
let folder: string;
let root: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'whetstone-init-'));
  root = path.join(folder, 'My Shop');
  await mkdir(root);
  await simpleGit(root).raw(['init', '--quiet', '--initial-branch=trunk']);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const init = (...words: string[]) =>
  execa(process.execPath, [binary, 'init', ...words], { cwd: root, reject: false });

async function put(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
}

test('a folder of SQL files gets a configuration that loads, and programs that know its folders', async () => {
  await put('db/queries/orders.sql', 'SELECT 1');
  await put('db/migrations/1.sql', 'SELECT 1');
  await put('package.json', '{ "name": "@acme/Shop", "dependencies": { "pg": "^8.0.0", "x": "file:../x" } }');
  await put(
    'package-lock.json',
    '{ "packages": { "node_modules/pg": { "version": "8.1.2" }, "node_modules/x": { "link": true } } }',
  );
  await simpleGit(root).raw(['remote', 'add', 'origin', 'https://me:token@example.org/shop.git']);
  const done = await init('--json');
  expect(done.exitCode, done.stderr).toBe(0);
  const document = JSON.parse(done.stdout);
  expect(document).toMatchObject({
    config: path.join(root, 'whetstone.config.ts'),
    target: root,
    domains: ['slow-query'],
    todos: [{ field: 'sources' }, { field: 'environment.data' }],
  });
  const target = await loadTarget(document.config);
  expect(target).toMatchObject({
    name: 'acme-shop',
    remote: 'https://example.org/shop.git',
    config: {
      target: {
        base: 'trunk',
        layout: { queries: 'db/queries', migrations: 'db/migrations', refresh: 'db/refresh' },
      },
      environment: { packages: { pg: '8.1.2' } },
      commands: { serve: ['node', 'whetstone/serve.mjs'] },
      allow: ['index', 'rewrite'],
    },
  });
  const { folders } = await import(path.join(root, 'whetstone/folders.mjs'));
  expect(folders).toEqual(target.config.target.layout);
  expect(await readdir(path.join(root, 'whetstone'))).toContain('serve.mjs');
});

test('tells of a missing remote, and of commands that only a person can write', async () => {
  const done = await init();
  expect(done.exitCode, done.stderr).toBe(0);
  for (const field of [
    'target.remote',
    'sources',
    'environment.data',
    'commands.migrate',
    'commands.serve',
  ]) {
    expect(done.stdout).toContain(`  ${field}: `);
  }
  expect(done.stdout.split('\n').at(-1)).toMatch(/^next: .*git add --all.*whetstone doctor; whetstone mine$/);
  expect(existsSync(path.join(root, 'whetstone'))).toBe(false);
  expect((await loadTarget(path.join(root, 'whetstone.config.ts'))).remote).toBe(
    path.join(folder, 'my-shop.git'),
  );
});

test('leaves an existing configuration alone unless told to replace it', async () => {
  await put('whetstone.config.ts', 'mine');
  const refused = await init();
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain('whetstone init --force');
  expect(await readFile(path.join(root, 'whetstone.config.ts'), 'utf8')).toBe('mine');
  expect((await init('--force')).exitCode).toBe(0);
  expect(await readFile(path.join(root, 'whetstone.config.ts'), 'utf8')).toContain('defineConfig');
});

test('leaves nothing behind where a file cannot be written', async () => {
  await put('queries/orders.sql', 'SELECT 1');
  // A folder in the place of the configuration: the last of the renames fails.
  await mkdir(path.join(root, 'whetstone.config.ts'));
  const done = await init('--force');
  expect(done.exitCode).not.toBe(0);
  expect((await readdir(root)).sort()).toEqual(['.git', 'queries', 'whetstone.config.ts']);
  expect(await readdir(path.join(root, 'whetstone.config.ts'))).toEqual([]);
});

test.each([
  ['../nowhere', 'is not a folder'],
  ['..', 'is not the root of a git repository'],
  ['sub', 'its root is'],
])('refuses %s', async (named, says) => {
  await mkdir(path.join(root, 'sub'));
  const done = await init(named, '--json');
  expect(done.exitCode).toBe(2);
  expect(done.stderr.replaceAll(/\s+/g, ' ')).toContain(says);
  expect(existsSync(path.join(root, named, 'whetstone.config.ts'))).toBe(false);
});
