import { describe, expect, it } from 'vitest';
import { reachOf } from './reach.ts';

const reach = (files: Record<string, string>, from = 'test/a.test.ts') =>
  [...reachOf(from, new Map(Object.entries(files)))].sort();

describe('reachOf', () => {
  it('follows imports of imports, and takes each file once', () => {
    const files = {
      'test/a.test.ts': "import { f } from '../src/a.ts';",
      'src/a.ts': "export * from './deep/b.ts';\nimport './a.ts';",
      'src/deep/b.ts': "const c = require('../c.js');\nimport('../../test/a.test.ts');",
      'src/c.js': '',
      'src/other.ts': '',
    };
    expect(reach(files)).toEqual(['src/a.ts', 'src/c.js', 'src/deep/b.ts', 'test/a.test.ts']);
  });

  it.each([
    ['../src/a', 'src/a.ts'],
    ['../src/a', 'src/a.tsx'],
    ['../src/a', 'src/a.mts'],
    ['../src/a', 'src/a.js'],
    ['../src/a', 'src/a.mjs'],
    ['../src', 'src/index.ts'],
    ['../src', 'src/index.js'],
    ['../src/a.js', 'src/a.ts'],
    ['../src/a.mjs', 'src/a.mts'],
    ['../src/a.cjs', 'src/a.cts'],
    ['../src/a.js', 'src/a.js'],
  ])('takes %s for %s', (name, file) => {
    expect(reach({ 'test/a.test.ts': `import '${name}';`, [file]: '' })).toContain(file);
  });

  it('takes the file that is named before one that might be meant', () => {
    const files = { 'test/a.test.ts': "import '../src/a.js';", 'src/a.js': '', 'src/a.ts': '' };
    expect(reach(files)).toEqual(['src/a.js', 'test/a.test.ts']);
    const named = { 'test/a.test.ts': "import '../a.js.d/x';", 'a.js.d/x.ts': '', 'a.ts.d/x.ts': '' };
    expect(reach(named)).toEqual(['a.js.d/x.ts', 'test/a.test.ts']);
  });

  it('leaves out packages and what is not there', () => {
    const files = {
      'test/a.test.ts': "import 'src/a';\nimport '../gone.ts';",
      'src/a.ts': '',
      'test/src/a.ts': '',
    };
    expect(reach(files)).toEqual(['test/a.test.ts']);
    expect(reach({}, 'gone.ts')).toEqual([]);
  });
});
