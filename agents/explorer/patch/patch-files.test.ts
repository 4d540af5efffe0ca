import { beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../plan.ts';
import { loadParser } from '../sql/nodes.ts';
import { numberFile } from './number-file.ts';
import { leadingComment, patchFiles } from './patch-files.ts';

beforeAll(loadParser);

const target = {
  query: 'recent-things',
  layout: { queries: 'queries', migrations: 'migrations', refresh: 'refresh' },
  querySource: '-- What is new.\n-- Asked by the front page.\nselect a from t where b = $1\n',
  baseSql: 'select a from t where b = $1',
  migrations: ['0001_schema.sql', '0002_more.sql'],
  refreshes: ['README.md'],
  manifest: '{ "name": "t", "dependencies": { "pg": "8.0.0" }, "private": true }',
};
const measured = { baseMs: 512.4, planMs: 0.84 };
const plan: Plan = {
  id: 'x',
  kind: 'index',
  label: 'btree t (b)',
  ideas: ['equality'],
  ddl: ['CREATE INDEX t_b_idx ON t (b)'],
  sql: target.baseSql,
  refresh: [],
};

describe('patchFiles', () => {
  it('turns an index into the next migration, with the reason and the figures', () => {
    expect(patchFiles(plan, target, measured)).toEqual([
      {
        path: 'migrations/0003_index_t_b.sql',
        content:
          '-- For the query recent-things: btree t (b).\n' +
          '-- Slowest visible parameters in the sandbox: 512 ms before, 0.84 ms with it.\n' +
          'CREATE INDEX t_b_idx ON t (b);\n',
      },
    ]);
  });

  it('keeps the comment that a rewritten query had', () => {
    const [file] = patchFiles(
      { ...plan, kind: 'rewrite', ddl: [], sql: 'SELECT a FROM t WHERE b = $1 OR false' },
      target,
      measured,
    );
    expect(file?.path).toBe('queries/recent-things.sql');
    expect(file?.content?.startsWith('-- What is new.\n-- Asked by the front page.\n-- For the query')).toBe(
      true,
    );
    expect(file?.content?.trimEnd().endsWith(';')).toBe(true);
  });

  it('writes what refreshes a derived table', () => {
    const files = patchFiles(
      {
        ...plan,
        kind: 'materialise',
        sql: 'SELECT a FROM d',
        refresh: ['DELETE FROM d', 'INSERT INTO d SELECT 1'],
      },
      target,
      measured,
    );
    expect(files.map(({ path }) => path)).toEqual([
      'migrations/0003_materialise_recent_things.sql',
      'queries/recent-things.sql',
      'refresh/0001_materialise_recent_things.sql',
    ]);
    expect(files[2]?.content).toContain('DELETE FROM d;\nINSERT INTO d SELECT 1;\n');
  });

  it('puts a module in the place of the SQL file and pins its package', () => {
    const module = {
      source: 'export {};\n',
      tests: [{ path: 'test/x.test.ts', source: '' }],
      packages: { engine: '1.2.3' },
    };
    const files = patchFiles({ ...plan, kind: 'engine', ddl: [], module }, target, measured);
    expect(files.map(({ path, content }) => [path, content === null])).toEqual([
      ['queries/recent-things.sql', true],
      ['queries/recent-things.ts', false],
      ['test/x.test.ts', false],
      ['package.json', false],
    ]);
    const manifest = { name: 't', dependencies: { engine: '1.2.3', pg: '8.0.0' }, private: true };
    expect(files[3]?.content).toBe(`${JSON.stringify(manifest, null, 2)}\n`);
  });
});

describe('numberFile', () => {
  it.each([
    [['0001_a.sql', '0009_b.sql'], '0010_new_index.sql'],
    [['001-first-step.sql'], '002-new-index.sql'],
    [['20240131120000_a.sql'], '20240131120001_new_index.sql'],
    [['V1__a.sql', 'V2__b.sql'], 'V3__new_index.sql'],
    [[], '0001_new_index.sql'],
    [['9_a.sql', '10_b.sql'], '11_new_index.sql'],
  ])('follows %j', (existing, expected) => {
    expect(numberFile(existing, 'new_index')).toBe(expected);
  });
});

describe('leadingComment', () => {
  it('is all that stands before the statement', () => {
    expect(leadingComment('-- a\n\n/* b\n c */\nselect 1 -- d\n')).toBe('-- a\n\n/* b\n c */\n');
    expect(leadingComment('select 1')).toBe('');
  });
});
