import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { parseFailures } from './apply-patch.ts';
import type { Environment } from './environment.ts';
import { leftovers, sh, tarOf, testEngine, testEnvironment } from './test-environment.ts';

let engine: Engine;
let image: string;
let files: Buffer;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
  files = await tarOf(`
    mkdir -p src/deep assets; seq 1 60 > src/long.txt; seq 100 160 > src/moved.txt; printf 'a\\r\\nb\\r\\n' > crlf.txt
    printf '\\000%s' "$(seq 700)" > assets/logo.bin; echo gone > gone.txt; : > empty; echo '#!/bin/sh' > run.sh
    ln -s src/long.txt link; echo file > becomes-folder; mkdir becomes-file; echo x > becomes-file/x
    echo 'ignored/' > .gitignore; echo '*.dat -text' > .gitattributes; printf 'no end of line' > no-eol
    git init -q .; git -c user.name=a -c user.email=a@b commit -q --allow-empty -m start`);
}, 900_000);
afterAll(async () => {
  expect(await leftovers(engine)).toEqual([]);
});

/** Everything that is to be the same, without asking git: paths, types, modes, links and contents. */
const manifest = (environment: Environment) =>
  sh(
    environment,
    `find . -name .git -prune -o \\( -type f -printf '%P %y %m ' -exec sh -c 'sha256sum < "$1"' sh {} \\; \\) -o -type l -printf '%P %y %l\\n' |
      sed -E 's/ f [67]([0-7])[0-7] / f \\1 /' | LC_ALL=C sort`,
  );

/** A tree that plain `git apply` makes of the start's files and the patch, in an environment of its own. */
async function appliedElsewhere(patch: Buffer): Promise<{ manifest: string; tree: string }> {
  await using other = await testEnvironment(engine, { image, files, name: 'elsewhere' });
  const done = await other.exec(['git', 'apply', '--binary', '--whitespace=nowarn', '-'], { stdin: patch });
  expect(done).toMatchObject({ exitCode: 0, stderr: '' });
  return { manifest: await manifest(other), tree: (await other.diff()).tree };
}

describe('diff', () => {
  test('renames, modes, binaries, links, types, odd names: the same tree elsewhere', async () => {
    await using environment = await testEnvironment(engine, { image, files });
    expect(await environment.diff()).toMatchObject({ patch: Buffer.alloc(0) });
    await sh(
      environment,
      `mv src/moved.txt src/deep/renamed.txt; echo 161 >> src/deep/renamed.txt; sed -i 's/^30$/thirty/' src/long.txt
       chmod 755 run.sh; printf '\\000%s' "$(seq 900)" > assets/logo.bin; printf '\\000new' > assets/new.bin; rm gone.txt
       : > new-empty; ln -sf ../outside/none link; ln -s run.sh second-link; rm becomes-folder; mkdir becomes-folder
       echo y > becomes-folder/y; rm -r becomes-file; echo z > becomes-file; printf 'a\\r\\nc\\r\\n' > crlf.txt
       mkdir ignored; echo kept > ignored/file; echo odd > "$(printf 'new\\nline "quoted" \\344')"; echo more >> no-eol
       git add -A; git -c user.name=a -c user.email=a@b commit -qm work; mkdir -p sub; git init -q sub; echo in > sub/file; mkfifo pipe`,
    );
    const { patch, tree, startTree } = await environment.diff();
    expect(tree).not.toBe(startTree);
    const text = patch.toString('latin1');
    expect(text).toContain('rename from src/moved.txt\nrename to src/deep/renamed.txt\n');
    expect(text).toContain('old mode 100644\nnew mode 100755\n');
    expect(text.match(/^GIT binary patch$/gm)).toHaveLength(2);
    expect(text).toContain('deleted file mode 100644');
    expect(text).toContain('new file mode 120000');
    expect(text).not.toContain('.git/');
    const elsewhere = await appliedElsewhere(patch);
    await sh(environment, 'rm pipe');
    expect(elsewhere).toEqual({ manifest: await manifest(environment), tree });
  });

  test('is not falsified by attributes, ignore rules, configuration, hooks or a git of the environment', async () => {
    await using environment = await testEnvironment(engine, { image, files });
    await sh(
      environment,
      `printf '%s\\n' '* text eol=crlf' '*.u working-tree-encoding=UTF-16LE-BOM' '*.i ident' '*.f filter=evil' 'secret -diff' '*.bin diff=evil' > .gitattributes
       printf '*\\n' > .gitignore; printf 'lf only\\nlines\\n' > new.txt; printf 'text\\n' > x.u; printf '$Id$ $Id: 1 $\\n' > x.i; echo f > x.f
       mkdir sub; printf '* text eol=crlf\\n' > sub/.gitattributes; printf 'one\\ntwo\\n' > sub/new.txt; echo secret > secret; printf '\\000b' > b.bin
       git config core.autocrlf true; git config core.fileMode false; git config filter.evil.clean 'echo forged'; git config diff.evil.textconv 'echo forged'
       git config diff.external 'echo forged'; git config core.worktree /tmp; git config core.attributesFile /tmp/a; git config core.hooksPath /tmp
       chmod 755 empty; mkdir -p ~/.config/git; cp .gitattributes ~/.config/git/attributes; git config --global core.excludesFile /work/.gitignore
       mkdir -p ~/bin .GIT; echo evil > .GIT/config; printf '#!/bin/sh\\necho forged\\n' > /tmp/post-index-change; chmod 755 /tmp/post-index-change`,
    );
    const { patch, tree } = await environment.diff();
    expect(patch.toString('latin1')).not.toContain('forged');
    const elsewhere = await appliedElsewhere(patch);
    await sh(environment, 'rm -r .GIT');
    expect(elsewhere).toEqual({ manifest: await manifest(environment), tree });
  });

  test('leaves out what it is told to, at the start as well', async () => {
    await using environment = await testEnvironment(engine, { image, files });
    await sh(
      environment,
      'mkdir -p node_modules/a src/node_modules; echo x | tee node_modules/a/b src/node_modules/c new; rm -r assets',
    );
    const { patch } = await environment.diff({ exclude: ['node_modules', 'assets'] });
    expect(patch.toString().match(/^diff --git .*$/gm)).toEqual(['diff --git a/new b/new']);
  });

  test('a file that cannot be read is a fault that names it, and no deletion', async () => {
    await using environment = await testEnvironment(engine, { image, files });
    await sh(environment, 'chmod 000 src/long.txt');
    await expect(environment.diff()).rejects.toMatchObject({
      code: 'tree-unreadable',
      message: expect.stringContaining('src/long.txt'),
    });
  });

  test('of ten thousand files', async () => {
    const many = await tarOf(
      'for d in $(seq 100); do mkdir $d; (cd $d; for f in $(seq 100); do echo "$d $f" > $f; done); done',
    );
    await using environment = await testEnvironment(engine, { image, files: many });
    await sh(environment, 'for d in $(seq 49); do echo changed >> $d/7; rm $d/9; done; mv 50 fifty');
    const { patch } = await environment.diff();
    expect(patch.toString().match(/^deleted file/gm)).toHaveLength(49);
    expect(patch.toString().match(/^rename to fifty\//gm)).toHaveLength(100);
  });

  test('of a hardened environment, whose tree is in memory', async () => {
    await using environment = await testEnvironment(engine, { image, files, profile: 'hardened' });
    await sh(environment, 'echo new > new; rm gone.txt');
    const { patch, tree } = await environment.diff();
    expect((await appliedElsewhere(patch)).tree).toBe(tree);
    await expect(environment.snapshot()).rejects.toMatchObject({ code: 'not-snapshotable' });
  });
});

describe('applyPatch', () => {
  const change = (path: string, from: string, to: string) =>
    `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-${from}\n+${to}\n`;
  const create = (path: string) =>
    `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+new\n`;

  test('takes what diff makes, and nothing', async () => {
    await using from = await testEnvironment(engine, { image, files, name: 'from' });
    await using to = await testEnvironment(engine, { image, files, name: 'to' });
    await sh(
      from,
      "mv src/moved.txt m; printf '* text eol=crlf\\n' > .gitattributes; printf 'l\\n' > a.txt; printf '\\000\\377' > b; chmod 755 empty",
    );
    const { patch, tree } = await from.diff();
    await sh(to, 'git config core.autocrlf true');
    expect(await to.applyPatch(patch)).toEqual({ outcome: 'applied' });
    expect((await to.diff()).tree).toBe(tree);
    expect(await manifest(to)).toBe(await manifest(from));
    expect(await to.applyPatch('')).toEqual({ outcome: 'applied' });
  });

  test('refuses what does not fit or reaches outside, whole, and says what failed where', async () => {
    await using environment = await testEnvironment(engine, { image, files });
    await sh(environment, 'mkdir /tmp/out; ln -s /tmp/out way');
    const before = await manifest(environment);
    expect(
      await environment.applyPatch(`${change('gone.txt', 'gone', 'here')}${change('run.sh', 'other', 'x')}`),
    ).toEqual({
      outcome: 'refused',
      failures: [
        { path: 'run.sh', line: 1, message: 'patch failed: run.sh:1' },
        { path: 'run.sh', message: 'run.sh: patch does not apply' },
      ],
    });
    for (const outside of [
      '../escaped',
      '/tmp/escaped',
      'way/escaped',
      '.git/hooks/post-checkout',
      'src/../../escaped',
    ]) {
      expect(await environment.applyPatch(create('fine') + create(outside)), outside).toMatchObject({
        outcome: 'refused',
      });
    }
    expect(await environment.applyPatch('no patch at all')).toMatchObject({ outcome: 'refused' });
    expect(await environment.applyPatch(create('empty'))).toMatchObject({
      outcome: 'refused',
      failures: [{ path: 'empty' }],
    });
    expect(await manifest(environment)).toBe(before);
    expect(await sh(environment, 'ls -A /tmp/out; ls /escaped /tmp/escaped 2> /dev/null || true')).toBe('');
  });

  test("git's complaints are read as they are", () => {
    expect(
      parseFailures(
        "error: invalid path '../x'\nwarning: y\nerror: affected file 'a/b' is beyond a symbolic link\n",
      ),
    ).toEqual([
      { path: '../x', message: "invalid path '../x'" },
      { path: 'a/b', message: "affected file 'a/b' is beyond a symbolic link" },
    ]);
  });
});
