import { expect, test } from 'vitest';
import { isQueryFile, touchedPaths, touchesSharedCode } from './touched-paths.ts';

const layout = { queries: 'queries', migrations: 'migrations', refresh: 'refresh' };
const added = (file: string) =>
  `diff --git a/${file} b/${file}\nnew file mode 100644\n--- /dev/null\n+++ b/${file}\n@@ -0,0 +1 @@\n+x\n`;
const removed = (file: string) =>
  `diff --git a/${file} b/${file}\ndeleted file mode 100644\n--- a/${file}\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n`;

test('a patch names every path it adds or removes', () => {
  expect(touchedPaths(added('queries/a b.sql') + removed('src/serve.ts'))).toEqual([
    'queries/a b.sql',
    'src/serve.ts',
  ]);
});

test('a query has its file, whatever its ending', () => {
  expect(isQueryFile('queries/top.sql', 'top', 'queries')).toBe(true);
  expect(isQueryFile('queries/top.ts', 'top', 'queries')).toBe(true);
  expect(isQueryFile('queries/topmost.sql', 'top', 'queries')).toBe(false);
  expect(isQueryFile('other/top.sql', 'top', 'queries')).toBe(false);
});

test('code that every query runs through is shared, the folders of single queries are not', () => {
  expect(touchesSharedCode(added('migrations/2.sql') + added('test/top.test.ts'), layout)).toBe(false);
  expect(touchesSharedCode(added('queries/top.sql') + removed('src/serve.ts'), layout)).toBe(true);
});
