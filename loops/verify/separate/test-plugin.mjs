// Makes vitest (4.1) run test files here and the modules that they test in another process.
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PREFIX = '\0separate:';
const setup = fileURLToPath(new URL('./test-setup.mjs', import.meta.url));

/**
 * A vitest configuration like `base` (an object, a promise or a function, as vitest takes them) in which every import of a file
 * in `codeSide` gives stand-ins. `codeSide` lists files from `root`.
 */
export async function separateConfig(base, { root, codeSide }) {
  const given = await (typeof base === 'function' ? base({ mode: 'test', command: 'serve' }) : base);
  const { test = {}, plugins = [], ...rest } = given ?? {};
  if (test.projects || test.workspace || test.browser?.enabled)
    throw new Error('Tests in several projects or in a browser cannot be separated from the code under test');
  return {
    ...rest,
    root,
    plugins: [separate(root, codeSide), ...plugins],
    test: {
      ...test,
      setupFiles: [setup, ...[test.setupFiles ?? []].flat()],
      // One pair of pipes, and one process of code for each file.
      pool: test.pool === 'threads' ? 'threads' : 'forks',
      isolate: true,
      maxWorkers: 1,
      fileParallelism: false,
    },
  };
}

function separate(root, codeSide) {
  const realRoot = realpathSync(root);
  const inCode = new Set(codeSide);
  return {
    name: 'whetstone:separate',
    enforce: 'pre',

    async resolveId(source, importer, options) {
      if (source.startsWith(PREFIX)) return source;
      const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
      if (!resolved || resolved.external) return resolved;
      const [file, query] = resolved.id.split('?');
      const fromRoot = path.relative(realRoot, file).split(path.sep).join('/');
      if (!inCode.has(fromRoot)) return resolved;
      if (query)
        throw new Error(`${fromRoot}?${query}: the text of code under test is not to be had in a test`);
      return PREFIX + fromRoot;
    },

    load(id) {
      if (!id.startsWith(PREFIX)) return undefined;
      // Names of exports are known only once the code was loaded; vite's runner lets a module tell them as it runs.
      return `const load = globalThis[Symbol.for('whetstone.separate')];
if (!load) throw new Error('Code under test can be imported by test files alone');
load(${JSON.stringify(id.slice(PREFIX.length))}, __vite_ssr_exportName__);`;
    },

    transform(text, id) {
      const file = path.relative(realRoot, id.split('?')[0]);
      const outside = file.startsWith('..') || file.includes('node_modules') || id.startsWith('\0');
      if (!outside && /\bvi\s*\.\s*(mock|doMock)\s*\(/.test(text))
        throw new Error(
          `${file} calls vi.mock, which does not reach the code under test: it is another process`,
        );
    },
  };
}
