import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { duckdbModule } from '../../agents/explorer/engines/duckdb-module.ts';
import { moduleTest } from '../../agents/explorer/engines/module-test.ts';
import { sqliteModule } from '../../agents/explorer/engines/sqlite/module.ts';
import type { StoreSpec } from '../../agents/explorer/engines/sqlite/store.ts';
import { checkPatch, type PatchRules } from './check-patch.ts';
import { readPatch } from './patch/read-patch.ts';

const rules: PatchRules = {
  allowed: ['**'],
  protected: ['whetstone.config.ts', 'whetstone/**', 'test/**', 'secret/**'],
  packages: { '@scope/engine': '1.5.6-r.1', pg: '8.23.1' },
};
const packageJson = {
  name: 'x',
  scripts: { test: 'node --test', serve: 'node serve.ts' },
  dependencies: { pg: '8.23.1', tsx: '4.0.0' },
};
const lock = {
  name: 'x',
  lockfileVersion: 3,
  packages: {
    '': { name: 'x', dependencies: { pg: '8.23.1', tsx: '4.0.0' } },
    'node_modules/pg': {
      version: '8.23.1',
      resolved: 'https://registry.npmjs.org/pg/-/pg-8.23.1.tgz',
      integrity: 'sha512-a',
    },
    'node_modules/tsx': {
      version: '4.0.0',
      resolved: 'https://registry.npmjs.org/tsx/-/tsx-4.0.0.tgz',
      integrity: 'sha512-b',
    },
  },
};
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

let repository: string;
const git = (...args: string[]) =>
  execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: repository });
const write = async (path: string, content: string | Buffer) => {
  await mkdir(dirname(join(repository, path)), { recursive: true });
  await writeFile(join(repository, path), content);
};
/** The diff that git itself makes of the changed work tree. */
const diff = async (...options: string[]) => {
  await git('add', '--all', '--force');
  const { stdout } = await git('diff', '--cached', '--binary', ...options, 'HEAD');
  return stdout === '' ? '' : `${stdout}\n`;
};
const codes = (patch: string) => checkPatch(patch, rules).map(({ code, path }) => `${code} ${path}`);

beforeAll(async () => {
  repository = await mkdtemp(join(tmpdir(), 'check-patch-'));
  await git('init', '--quiet');
  await write('queries/a.sql', 'select 1\n');
  await write('test/a.test.ts', 'one\ntwo\nthree\nfour\n');
  await write('whetstone.config.ts', 'export default {}\n');
  await write('package.json', json(packageJson));
  await write('package-lock.json', json(lock));
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'base');
});
beforeEach(async () => {
  await git('reset', '--quiet', '--hard');
  await git('clean', '--quiet', '-fdx');
});
afterAll(() => rm(repository, { recursive: true }));

describe('what an honest patch does', () => {
  it('may change queries, add migrations, modules and tests, whatever their names', async () => {
    await write('queries/a.sql', 'select 1 + 0\n');
    await write('migrations/2 für "x".sql', 'create index on t (a);');
    await write(
      'queries/b.ts',
      "import { DuckDB } from '@scope/engine';\nexport const dir = process.env['STORE_DIR'];\n",
    );
    await write('test/b.test.ts', 'new\n');
    await write('notes.md', 'whatever WHETSTONE says\n');
    await write('empty.sql', '');
    expect(codes(await diff())).toEqual([]);
  });

  it('may delete or move what is not protected', async () => {
    await write('queries/moved.sql', 'select 1\n');
    await rm(join(repository, 'queries/a.sql'));
    expect(codes(await diff())).toEqual([]);
    expect(codes(await diff('--no-renames'))).toEqual([]);
  });

  it('may add an allowed package at its version, in package.json and the lockfile', async () => {
    await write(
      'package.json',
      json({ ...packageJson, dependencies: { '@scope/engine': '1.5.6-r.1', ...packageJson.dependencies } }),
    );
    await write(
      'package-lock.json',
      json({
        ...lock,
        packages: {
          '': { name: 'x', dependencies: { '@scope/engine': '1.5.6-r.1', pg: '8.23.1', tsx: '4.0.0' } },
          'node_modules/@scope/engine': {
            version: '1.5.6-r.1',
            resolved: 'https://registry.npmjs.org/@scope/engine/-/engine-1.5.6-r.1.tgz',
            engines: { node: '>=20' },
          },
          ...Object.fromEntries(Object.entries(lock.packages).slice(1)),
        },
      }),
    );
    expect(codes(await diff())).toEqual([]);
  });

  it('may add it as the last entry, and in a section of its own', async () => {
    await write(
      'package.json',
      json({ ...packageJson, dependencies: { ...packageJson.dependencies, '@scope/engine': '1.5.6-r.1' } }),
    );
    expect(codes(await diff())).toEqual([]);
    await write(
      'package.json',
      json({ ...packageJson, optionalDependencies: { '@scope/engine': '1.5.6-r.1' } }),
    );
    expect(codes(await diff())).toEqual([]);
  });
});

describe('what is refused, with path and rule', () => {
  it.each([
    ['changed', () => write('test/a.test.ts', 'skipped\n')],
    ['deleted', () => rm(join(repository, 'test/a.test.ts'))],
    [
      'snapshots are tests too, new configuration beside them is not allowed',
      () => write('test/vitest.config.ts', 'x'),
    ],
  ])('tests: %s', async (_, change) => {
    await change();
    expect(codes(await diff())).toEqual([
      expect.stringMatching(/^(tests-changed test\/a.test.ts|policy-path test\/vitest.config.ts)$/),
    ]);
  });

  it('a test moved away, by a rename', async () => {
    await git('mv', 'test/a.test.ts', 'a.txt');
    expect(codes(await diff('--find-renames'))).toEqual(['tests-changed test/a.test.ts']);
  });

  it.each([
    'whetstone.config.ts',
    'whetstone/x',
    'secret/x',
    'node_modules/.bin/node',
    'sub/node_modules/x/index.js',
    '.npmrc',
    '.gitattributes',
    '.env',
    'vitest.config.ts',
    'sub/conftest.py',
  ])('the path %s', async (path) => {
    await write(path, 'x\n');
    expect(codes(await diff())).toEqual([`policy-path ${path}`]);
  });

  it('a path outside the allowed ones', async () => {
    await write('src/x.ts', 'x\n');
    expect(checkPatch(await diff(), { ...rules, allowed: ['queries/**'] })).toEqual([
      { code: 'policy-path', path: 'src/x.ts', rule: 'it is outside the allowed paths' },
    ]);
  });

  it('a symbolic link, an executable, a mode change, a binary', async () => {
    await symlink('/etc/passwd', join(repository, 'link'));
    await write('run.sh', 'x\n');
    await chmod(join(repository, 'run.sh'), 0o755);
    await chmod(join(repository, 'queries/a.sql'), 0o755);
    await write('blob', Buffer.from([0, 1, 2, 255]));
    expect(codes(await diff()).sort()).toEqual([
      'policy-mode blob',
      'policy-mode link',
      'policy-mode queries/a.sql',
      'policy-mode run.sh',
    ]);
  });

  it('too many bytes or files', async () => {
    await write('big.sql', `select 1;${' '.repeat(2 ** 20)}\n`);
    expect(codes(await diff())).toEqual(['policy-size null']);
    expect(
      checkPatch(await diff(), { ...rules, maxBytes: 2 ** 22, maxFiles: 0 }).map(({ code }) => code),
    ).toEqual(['policy-size']);
  });

  it.each([
    ['a script', { ...packageJson, scripts: { ...packageJson.scripts, test: 'true' } }],
    ['a new script', { ...packageJson, scripts: { ...packageJson.scripts, pretest: 'true' } }],
    [
      'another version',
      { ...packageJson, dependencies: { ...packageJson.dependencies, '@scope/engine': '2.0.0' } },
    ],
    ['another package', { ...packageJson, dependencies: { ...packageJson.dependencies, evil: '1.0.0' } }],
    ['a changed version', { ...packageJson, dependencies: { ...packageJson.dependencies, tsx: '4.0.1' } }],
    ['a removed package', { ...packageJson, dependencies: { pg: '8.23.1' } }],
    ['overrides', { ...packageJson, overrides: { pg: 'file:./pg' } }],
    ['scripts moved into another section', { ...packageJson, scripts: {}, config: packageJson.scripts }],
  ])('package.json: %s', async (_, content) => {
    await write('package.json', json(content));
    expect(codes(await diff())).toEqual(['policy-package package.json']);
  });

  it.each([
    [
      'another address',
      { 'node_modules/@scope/engine': { version: '1.5.6-r.1', resolved: 'https://evil.example/e.tgz' } },
    ],
    ['another version', { 'node_modules/@scope/engine': { version: '9.9.9' } }],
    ['a link', { 'node_modules/@scope/engine': { version: '1.5.6-r.1', link: true } }],
    ['an unknown package', { 'node_modules/evil': { version: '1.0.0' } }],
    ['a hidden nested package', { 'node_modules/@scope/engine/node_modules/pg': { version: '8.23.1' } }],
    [
      'an existing one',
      { 'node_modules/tsx': { version: '4.0.0', resolved: 'https://registry.npmjs.org/pg/-/pg-8.23.1.tgz' } },
    ],
  ])('package-lock.json: %s', async (_, entry) => {
    await write('package-lock.json', json({ ...lock, packages: { ...lock.packages, ...entry } }));
    expect(codes(await diff())).toEqual(['policy-package package-lock.json']);
  });

  it.each(["if (process.env['WHETSTONE']) return cached;"])('sniffing: %s', async (line) => {
    await write('queries/b.ts', `${line}\n`);
    expect(codes(await diff())).toEqual(['environment-sniffed queries/b.ts']);
  });

  it('takes what an engine writes for a query that it moves, and its test', async () => {
    const subject = {
      caseId: 'b-1',
      query: 'b',
      sql: 'select a from t where a = $1',
      params: [['1']],
      ordered: false,
      objectiveMs: 50,
      stalenessS: 60,
      allow: ['engine' as const],
      layout: { queries: 'queries', migrations: 'migrations', refresh: 'refresh' },
      packages: {},
    };
    const moved = {
      query: 'b',
      why: 'Faster.',
      sql: subject.sql,
      result: { columns: ['a'], types: ['int4'] },
      tables: [],
    };
    const layouts = [
      { format: 'native' as const, sort: {}, rowGroup: 1000, bloom: {} },
      { format: 'parquet' as const, sort: {}, rowGroup: 1000, bloom: {} },
    ];
    const store = {
      name: 'b',
      sql: subject.sql,
      columns: ['a'],
      types: ['int4'],
      tables: [],
    } as unknown as StoreSpec;
    const modules = [
      ...layouts.map((layout) => duckdbModule({ ...moved, layout })),
      sqliteModule(store, 'Faster.'),
    ];
    for (const source of modules) {
      await write('queries/b.ts', source);
      const { path, source: own } = moduleTest({ subject, engine: 'other' });
      await write(path, own);
      expect(codes(await diff())).toEqual([]);
    }
  });
});

it('reads from any change of lines exactly what git wrote', async () => {
  const lines = fc.array(
    fc.constantFrom('a', 'b', '', '-- x', '++ y', '@@ -1 +1 @@', 'diff --git a/z b/z', '\\ no'),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(lines, lines, fc.boolean(), async (before, after, newline) => {
      await write('before', before.join('\n'));
      await write('after', after.join('\n') + (newline ? '\n' : ''));
      const { stdout } = await execa('git', ['diff', '--no-index', '--no-prefix', 'before', 'after'], {
        cwd: repository,
        reject: false,
      });
      const patch = stdout
        .replace('diff --git before after', 'diff --git a/f b/f')
        .replace('--- before', '--- a/f')
        .replace('+++ after', '+++ b/f');
      const read = stdout === '' ? { files: [] } : readPatch(`${patch}\n`);
      expect(read).not.toHaveProperty('problem');
      const kept = 'files' in read ? read.files.flatMap(({ hunks }) => hunks.flat()) : [];
      const minus = stdout
        .split('\n')
        .slice(4)
        .filter((line) => line.startsWith('-')).length;
      expect(kept.filter(({ kind }) => kind === '-').length).toBe(minus);
      expect(kept.filter(({ kind }) => kind !== '-').map(({ text }) => text)).toEqual(
        stdout
          .split('\n')
          .slice(4)
          .filter((line) => /^[ +]/.test(line))
          .map((line) => line.slice(1)),
      );
    }),
    { numRuns: 25 },
  );
});
