import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPatch, type PatchRules } from './check-patch.ts';

const rules: PatchRules = { allowed: ['**'], protected: ['secret/**'], packages: { pg: '8.23.1' } };

const changed = (path: string, line = 'b') =>
  `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-a\n+${line}\n`;
const added = (path: string, line = 'x', mode = '100644') =>
  `diff --git a/${path} b/${path}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${line}\n`;
const removed = (path: string) =>
  `diff --git a/${path} b/${path}\ndeleted file mode 100644\n--- a/${path}\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n`;
const moved = (from: string, to: string) =>
  `diff --git a/${from} b/${to}\nsimilarity index 100%\nrename from ${from}\nrename to ${to}\n`;

const codes = (patch: string, change: Partial<PatchRules> = {}) =>
  checkPatch(patch, { ...rules, ...change }).map(({ code, path }) => `${code} ${path}`);

describe('what may be done', () => {
  it.each([
    ['a change', changed('queries/a.sql')],
    ['a new file', added('queries/b.sql')],
    ['a removed file', removed('queries/a.sql')],
    ['a moved file', moved('queries/a.sql', 'queries/b.sql')],
    ['a new test', added('test/b.test.ts')],
    ['a new snapshot', added('src/__snapshots__/a.snap')],
    ['a document that names what code must not', added('notes.md', 'WHETSTONE')],
    ['a folder that ends in a protected name', added('my-secret/x')],
    ['a name with .git in it', added('a.github/x')],
    ['a change of an executable', changed('run.sh').replace('---', 'index 1..2 100755\n---')],
  ])('%s', (_, patch) => expect(codes(patch)).toEqual([]));
});

describe('what is refused, with path and rule', () => {
  it('an empty patch', () => {
    expect(codes('')).toEqual(['empty-patch null']);
    expect(codes('\n \n')).toEqual(['empty-patch null']);
  });

  it.each([
    ['a changed test', changed('test/a.ts'), 'test/a.ts'],
    ['a changed test elsewhere', changed('tests/a.ts'), 'tests/a.ts'],
    ['a changed test beside its source', changed('src/a.spec.ts'), 'src/a.spec.ts'],
    ['a changed snapshot', changed('src/__snapshots__/a'), 'src/__snapshots__/a'],
    ['a changed test in a folder of tests', changed('src/__tests__/a'), 'src/__tests__/a'],
    ['a removed test', removed('test/a.test.ts'), 'test/a.test.ts'],
    ['a test that was moved away', moved('test/a.test.ts', 'a.txt'), 'test/a.test.ts'],
    ['a file that was moved over to tests', moved('a.txt', 'test/a.test.ts'), 'test/a.test.ts'],
  ])('%s', (_, patch, path) => expect(codes(patch)).toEqual([`tests-changed ${path}`]));

  it.each([
    'secret/x',
    'secret/.x',
    'whetstone.config.ts',
    'whetstone/x',
    'sub/node_modules/x/index.js',
    'sub/.gitmodules',
    '.gitattributes',
    'sub/.npmrc',
    '.env.local',
    'sub/vite.config.ts',
    'jest.setup.js',
    'vitest.workspace.ts',
    '.mocharc.json',
    'sub/conftest.py',
    'sitecustomize.py',
    'usercustomize.py',
  ])('the path %s', (path) => {
    expect(codes(added(path))).toEqual([`policy-path ${path}`]);
    expect(codes(removed(path))).toEqual([`policy-path ${path}`]);
  });

  it('what was moved from or to a protected path', () => {
    expect(codes(moved('secret/x', 'x'))).toEqual(['policy-path secret/x']);
    expect(codes(moved('x', 'secret/x'))).toEqual(['policy-path secret/x']);
  });

  it('a path outside of what is allowed, even that of a new test', () => {
    const allowed = ['queries/**'];
    expect(codes(added('src/x.ts'), { allowed })).toEqual(['policy-path src/x.ts']);
    expect(codes(added('test/x.test.ts'), { allowed })).toEqual(['policy-path test/x.test.ts']);
    expect(codes(added('queries/.x.sql'), { allowed })).toEqual([]);
  });

  it.each(['npm-shrinkwrap.json', 'sub/yarn.lock', 'pnpm-lock.yaml', 'bun.lockb', 'bun.lock'])(
    'another lockfile: %s',
    (path) => expect(codes(changed(path))).toEqual([`policy-package ${path}`]),
  );

  it('packages that are not given', () => {
    const entry = (line: string) => `diff --git a/package.json b/package.json
--- a/package.json
+++ b/package.json
@@ -1,2 +1,3 @@
   "dependencies": {
+${line}
     "tsx": "4.0.0"
`;
    expect(codes(entry('    "pg": "8.23.1",'))).toEqual([]);
    expect(codes(entry('    "pg": "8.23.2",'))).toEqual(['policy-package package.json']);
    const nested = (text: string) => text.replaceAll('/package.json', '/sub/package-lock.json');
    expect(codes(nested(entry('    "evil": "1.0.0",')))).toEqual(['policy-package sub/package-lock.json']);
    expect(codes(added('my-package.json', '"evil": "1.0.0",'))).toEqual([]);
  });

  it.each(['../x', '/etc/x', 'a/./x', 'a//x', 'a\\x', '.git/hooks/x', 'sub/.GIT/config', 'x/'])(
    'the unsafe path %s',
    (path) => expect(codes(added(path))).toContain(`policy-path ${path}`),
  );

  it('control characters and paths without end, of which it names the beginning', () => {
    expect(
      checkPatch(added('"a/x\\ty"').replaceAll('a/"a', '"a/a').replaceAll('b/"a', '"b/a'), rules),
    ).toEqual([{ code: 'policy-path', path: 'a/x\ty', rule: expect.stringContaining('control') }]);
    const long = `${'x'.repeat(250)}/${'y'.repeat(250)}`;
    expect(codes(added(long))).toEqual([`policy-path ${long.slice(0, 200)}`]);
    expect(codes(added(long.slice(1)))).toEqual([]);
  });

  it.each([
    ['a submodule', added('sub', 'Subproject commit 1', '160000')],
    ['a symbolic link', added('sub', '/etc/passwd', '120000')],
    ['an executable', added('sub', 'x', '100755')],
    ['a new file without a mode', added('sub').replace('new file mode 100644\n', 'new file mode 100664\n')],
    ['a binary file', 'diff --git a/sub b/sub\nindex 1..2 100644\nGIT binary patch\nliteral 1\nx\n'],
    ['another mode', 'diff --git a/sub b/sub\nold mode 100644\nnew mode 100755\n'],
    ['a link that becomes a file', 'diff --git a/sub b/sub\nold mode 120000\nnew mode 100644\n'],
  ])('%s', (_, patch) => expect(codes(patch)).toEqual(['policy-mode sub']));

  it('code that asks where it runs', () => {
    const line = 'if (process.env.WHETSTONE) fast();';
    expect(codes(added('src/a.ts', line))).toEqual(['environment-sniffed src/a.ts']);
    expect(codes(changed('src/a.ts').replace('-a', `-${line}`))).toEqual([]);
    expect(codes(added('readme.txt.ts', line))).toEqual(['environment-sniffed readme.txt.ts']);
  });

  it('more bytes or files than allowed', () => {
    const patch = changed('x') + changed('y');
    const maxBytes = Buffer.byteLength(patch);
    expect(codes(patch, { maxBytes, maxFiles: 2 })).toEqual([]);
    expect(codes(patch, { maxBytes: maxBytes - 1 })).toEqual(['policy-size null']);
    expect(codes(patch, { maxFiles: 1 })).toEqual(['policy-size null']);
    const many = (count: number) => Array.from({ length: count }, (__, at) => changed(`f${at}`)).join('');
    expect(codes(many(200))).toEqual([]);
    expect(codes(many(201))).toEqual(['policy-size null']);
    expect(codes(added('big.sql', ' '.repeat(2 ** 20)))).toEqual(['policy-size null']);
  });

  it('a file that is named twice, in whatever way', () => {
    expect(codes(changed('x') + changed('x'))).toEqual(['does-not-apply x']);
    expect(codes(moved('x', 'y') + changed('x'))).toEqual(['does-not-apply x']);
    expect(codes(moved('x', 'y') + added('y'))).toEqual(['does-not-apply y']);
  });

  it('what is no diff', () => expect(codes('hello\n')).toEqual(['does-not-apply null']));

  it('and never throws, whatever comes', () => {
    const line = fc.oneof(
      fc.constantFrom('diff --git a/x b/x', '--- a/x', '+++ b/x', '@@ -1 +1 @@', '-a', '+b', ' c'),
      fc.constantFrom(
        '\\ No newline',
        'rename from "',
        'new file mode 100644',
        'GIT binary patch',
        '"a\\303"',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(Array.isArray(checkPatch(lines.join('\n'), rules))).toBe(true);
      }),
    );
  });
});
