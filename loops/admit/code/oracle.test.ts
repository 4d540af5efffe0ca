import { describe, expect, it } from 'vitest';
import { addedRuns, partOf, readWholeFiles } from './oracle.ts';

const patch = `diff --git a/src/a.ts b/src/a.ts
index 1111111..2222222 100644
--- a/src/a.ts
+++ b/src/a.ts
@@ -1,3 +1,5 @@
 one
-two
+deux
+trois
 three
+four
diff --git a/src/gone.ts b/src/gone.ts
deleted file mode 100644
index 1111111..0000000
--- a/src/gone.ts
+++ /dev/null
@@ -1 +0,0 @@
-gone
`;

describe('readWholeFiles', () => {
  it('gives the new texts and their added lines by number, and nothing of what is removed', () => {
    const { texts, added } = readWholeFiles(patch);
    expect([...texts]).toEqual([['src/a.ts', 'one\ndeux\ntrois\nthree\nfour\n']]);
    expect([...added.keys()]).toEqual(['src/a.ts']);
    expect([...(added.get('src/a.ts') ?? [])]).toEqual([
      [2, 'deux'],
      [3, 'trois'],
      [5, 'four'],
    ]);
  });

  it('throws on what git would not write', () => {
    expect(() => readWholeFiles('nonsense')).toThrow('cannot be read');
  });
});

describe('the part of an oracle', () => {
  const added = new Map([
    [
      'a.ts',
      new Map([
        [1, 'x'],
        [2, 'y'],
        [4, 'z'],
      ]),
    ],
    ['b.ts', new Map([[5, 'w']])],
  ]);

  it('is what it adds to the files that are reached', () => {
    const oracle = { name: 'o', patch: '', sources: new Map(), added };
    expect([...partOf(oracle, new Set(['b.ts', 'c.ts'])).keys()]).toEqual(['b.ts']);
  });

  it('is read in runs of lines that stand below each other', () => {
    expect(addedRuns(added)).toEqual(['x\ny', 'z', 'w']);
  });
});
