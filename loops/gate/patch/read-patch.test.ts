import { describe, expect, it } from 'vitest';
import { type PatchFile, readPatch } from './read-patch.ts';

const file = (path = 'x') =>
  `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-a\n+b\n`;
const read = (patch: string): Partial<PatchFile>[] => {
  const result = readPatch(patch);
  if ('problem' in result) throw new Error(result.problem);
  return result.files;
};
const plain = { oldPath: 'x', newPath: 'x', oldMode: null, newMode: null, binary: false };

describe('what git writes', () => {
  it('is read file by file, hunk by hunk, line by line', () => {
    const patch = `diff --git a/x b/x
index 1a2b3c..4d5e6f 100644
--- a/x
+++ b/x
@@ -1,2 +1,3 @@ function f() {
 one
-two
+zwei
+drei
@@ -9,0 +11 @@
+ten
\\ No newline at end of file
${file('y')}`;
    expect(read(patch)).toEqual([
      {
        ...plain,
        oldMode: '100644',
        newMode: '100644',
        hunks: [
          [
            { kind: ' ', text: 'one' },
            { kind: '-', text: 'two' },
            { kind: '+', text: 'zwei' },
            { kind: '+', text: 'drei' },
          ],
          [{ kind: '+', text: 'ten' }],
        ],
      },
      expect.objectContaining({ oldPath: 'y', newPath: 'y' }),
    ]);
    expect(read(patch.trimEnd())).toEqual(read(patch));
  });

  it('is read where an empty line has lost its blank, and a hunk is for one side alone', () => {
    const patch = file().replace('@@ -1 +1 @@\n', '@@ -1,2 +1,2 @@\n\n');
    expect(read(patch)[0]?.hunks?.[0]?.[0]).toEqual({ kind: ' ', text: '' });
  });

  it.each(['-', '+'])('is read by the counts of its hunks, of any number of digits: %s', (kind) => {
    const lines = Array.from({ length: 12 }, (_, at) => `${kind}${at}\n`).join('');
    const counts = kind === '-' ? '-10,12 +10,0' : '-10,0 +10,12';
    const patch = file().replace('@@ -1 +1 @@\n-a\n', `@@ ${counts} @@\n${lines}@@ -30,0 +20 @@\n`);
    expect(read(patch)[0]?.hunks?.map((hunk) => hunk.length)).toEqual([12, 1]);
  });

  it('has no old path for a new file, and no new one for a deleted one', () => {
    const fresh =
      'diff --git a/x b/x\nnew file mode 100755\nindex 0000000..1234567\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+x\n';
    expect(read(fresh)).toEqual([
      expect.objectContaining({ oldPath: null, newPath: 'x', newMode: '100755', oldMode: null }),
    ]);
    const gone =
      'diff --git a/x b/x\ndeleted file mode 100644\nindex 1234567..0000000\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n';
    expect(read(gone)).toEqual([
      expect.objectContaining({ oldPath: 'x', newPath: null, oldMode: '100644', newMode: null }),
    ]);
    const empty = 'diff --git a/x b/x\nnew file mode 100644\nindex 0000000..e69de29\n';
    expect(read(empty)).toEqual([{ ...plain, oldPath: null, newMode: '100644', hunks: [] }]);
  });

  it('names modes that change, which the index does not overrule', () => {
    const patch = 'diff --git a/x b/x\nold mode 100644\nnew mode 100755\nindex 12..34 100600\n';
    expect(read(patch)).toEqual([{ ...plain, oldMode: '100644', newMode: '100755', hunks: [] }]);
  });

  it('names both paths of a move, with or without changes', () => {
    const move = 'diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\n';
    expect(read(move)).toEqual([{ ...plain, newPath: 'y', hunks: [] }]);
    const changes = `${move}index 12..34 100644\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n`;
    expect(read(changes)[0]).toMatchObject({ oldPath: 'x', newPath: 'y', hunks: [[{}, {}]] });
    expect(read(move.replaceAll('rename', 'copy').replace('similarity', 'dissimilarity'))).toEqual(
      read(move),
    );
    const quoted = 'diff --git "a/\\303\\274" b/y\nrename from "\\303\\274"\nrename to y\n';
    expect(read(quoted)[0]).toMatchObject({ oldPath: 'ü', newPath: 'y' });
  });

  it('says that a file is binary, and goes on after it', () => {
    const blob = 'diff --git a/x b/x\nindex 12..34 100644\nGIT binary patch\nliteral 3\nabc\n\n';
    expect(read(blob + file('y'))).toEqual([
      expect.objectContaining({ oldPath: 'x', binary: true, hunks: [] }),
      expect.objectContaining({ oldPath: 'y', binary: false }),
    ]);
    expect(read('diff --git a/x b/x\nBinary files a/x and b/x differ\n')[0]?.binary).toBe(true);
  });

  it('takes a path with blanks, and the tab that git puts behind it', () => {
    const patch = file('a b').replace('--- a/a b', '--- a/a b\t').replace('+++ b/a b', '+++ b/a b\t');
    expect(read(patch)[0]).toMatchObject({ oldPath: 'a b', newPath: 'a b' });
    const twins = 'diff --git a/x b/x b/x b/x\nnew file mode 100644\n';
    expect(read(twins)[0]?.newPath).toBe('x b/x');
  });

  it('is nothing where there is nothing', () => expect(read('')).toEqual([]));
});

describe('what cannot be read in one way only', () => {
  const fresh = 'diff --git a/x b/x\nnew file mode 100644\n';
  it.each([
    ['prose before it', `hello\n${file()}`],
    ['no git header', '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n'],
    ['another path below the header', file().replace('+++ b/x', '+++ b/test/a.test.ts')],
    ['another old path below the header', file().replace('--- a/x', '--- a/test/a.test.ts')],
    ['no prefixes', 'diff --git x x\n--- x\n+++ x\n@@ -1 +1 @@\n-a\n+b\n'],
    ['a wrong first prefix', file().replace('git a/x', 'git b/x')],
    ['a wrong second prefix', file().replace('b/x\n---', 'a/x\n---')],
    ['two paths that are no move', 'diff --git a/x b/y\nnew file mode 100644\n'],
    ['a header without a blank in its middle', 'diff --git a/x-b/x\nnew file mode 100644\n'],
    ['a hidden second file', `${file()}--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n`],
    ['more lines than the hunk says', file().replace('+b', '+b\n+c')],
    ['more old lines than the hunk says', file().replace('-a', '-a\n-c')],
    ['context beyond what the hunk says', file().replace('+b', ' b')],
    ['an end inside a hunk', file().replace('\n+b\n', '\n')],
    ['a line that is no line of a hunk', file().replace('-a', '*a')],
    ['a broken hunk header', file().replace('+1 @@', '+one @@')],
    ['a hunk header of numbers without end', file().replace('-1 ', '-1,12345678901 ')],
    ['text before a hunk header', file().replace('@@ -1', 'x\n@@ -1')],
    ['no hunk', 'diff --git a/x b/x\n--- a/x\n+++ b/x\n'],
    ['no new side', 'diff --git a/x b/x\n--- a/x\n'],
    ['an unknown header', 'diff --git a/x b/x\nhello\n'],
    ['a header that only begins like one', `${fresh.replace('100644', '1006441')}`],
    ['a mode that only ends like one', fresh.replace('new file', 'a new file')],
    ['an index that only begins like one', `${fresh}index 12..34 100644x\n`],
    ['an index that only ends like one', `${fresh}an index 12..34 100644\n`],
    ['a move that only ends like one', 'diff --git a/x b/x\nrename from x\nrename to y\n a rename to y\n'],
    ['a likeness that only begins like one', `${fresh}similarity index 90% or so\n`],
    ['a likeness that only ends like one', `${fresh}a similarity index 90%\n`],
    ['a binary file that only begins like one', 'diff --git a/x b/x\nBinary files a and b differ much\n'],
    ['a binary file that only ends like one', 'diff --git a/x b/x\nNo Binary files a and b differ\n'],
    ['a hunk header behind other words', file().replace('@@ -1', '@@ 0 @@ -1')],
    ['a tab within a path', file().replace('--- a/x', '--- a/\tx')],
    ['half a rename', 'diff --git a/x b/x\nrename from test/a.test.ts\n'],
    ['the other half', 'diff --git a/x b/x\nrename to test/a.test.ts\n'],
    ['a new file that was moved', 'diff --git a/x b/y\nnew file mode 100644\nrename from x\nrename to y\n'],
    ['a deleted one that was', 'diff --git a/x b/y\ndeleted file mode 100644\nrename from x\nrename to y\n'],
    ['a file both new and deleted', `${fresh}deleted file mode 100644\n`],
    ['a new file that was there', `${fresh}--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n`],
    ['a file that goes and is there', file().replace('---', 'deleted file mode 100644\n---')],
    ['a file that is there and was not', file().replace('--- a/x', '--- /dev/null')],
    ['a move with broken quotes', 'diff --git a/x b/y\nrename from "x\nrename to y\n'],
    ['a move to broken quotes', 'diff --git a/x b/y\nrename from x\nrename to "y\n'],
  ])('%s', (_, patch) =>
    expect(readPatch(patch)).toEqual({ problem: expect.stringMatching(/^line \d+: \w/) }),
  );

  it('is named by its line', () => {
    expect(readPatch(`${file()}hello\n`)).toEqual({ problem: expect.stringMatching(/^line 7: /) });
  });
});
