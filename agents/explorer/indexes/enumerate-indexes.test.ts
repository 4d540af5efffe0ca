import { describe, expect, it } from 'vitest';
import type { Catalog, Column } from '../plan.ts';
import { analyseQuery } from '../query.ts';
import { enumerateIndexes } from './enumerate-indexes.ts';
import { createIndex, labelOf } from './index-design.ts';

function column(name: string, type: string, more: Partial<Column> = {}): Column {
  return {
    name,
    type,
    notNull: true,
    nDistinct: -0.1,
    correlation: 0,
    nullShare: 0,
    avgWidthBytes: 8,
    ...more,
  };
}

const catalog: Catalog = {
  searchPath: ['public'],
  extensions: ['pg_trgm', 'hypopg'],
  tables: [
    {
      schema: 'public',
      name: 't',
      rows: 1e6,
      bytes: 1e8,
      columns: [
        column('id', 'int8'),
        column('a', 'int4', { nDistinct: 10 }),
        column('b', 'int4', { nDistinct: 5000 }),
        column('at', 'timestamptz', { correlation: 0.99 }),
        column('name', 'text', { avgWidthBytes: 30 }),
        column('doc', 'jsonb', { avgWidthBytes: 400 }),
      ],
      primaryKey: ['id'],
      unique: [['id']],
      indexes: [
        {
          name: 't_pkey',
          definition: 'CREATE UNIQUE INDEX t_pkey ON public.t USING btree (id)',
          columns: ['id'],
        },
      ],
    },
    {
      schema: 'other',
      name: 't',
      rows: 10,
      bytes: 1,
      columns: [column('id', 'int8')],
      primaryKey: [],
      unique: [],
      indexes: [],
    },
  ],
};

async function labels(sql: string): Promise<string[]> {
  return enumerateIndexes(await analyseQuery(sql, catalog), catalog).designs.map(labelOf);
}

describe('enumerateIndexes', () => {
  it('puts equality first, the most selective key in front, then the order', async () => {
    const found = await labels('select id, at from t where a = $1 and b = $2 order by at desc limit 5');
    expect(found).toContain('btree t (b, a, at)');
    expect(found).toContain('btree t (b, a) INCLUDE (id, at)');
  });

  it('writes directions only where they are mixed', async () => {
    expect(await labels('select id from t order by at desc, b desc limit 5')).toContain('btree t (at, b)');
    expect(await labels('select id from t order by at desc, b limit 5')).toContain('btree t (at DESC, b)');
  });

  it('makes a partial index of the literals in the SQL and never of a parameter', async () => {
    const found = await labels('select id from t where a = 3 and at >= $1');
    expect(found).toContain('btree t (at) WHERE (a = 3)');
    expect(found.filter((label) => label.includes('$'))).toEqual([]);
  });

  it('holds an expression as it stands', async () => {
    expect(await labels("select id from t where doc->>'k' = $1")).toContain("btree t ((doc ->> 'k'))");
    expect(await labels('select id from t where lower(name) = $1')).toContain('btree t ((lower(name)))');
  });

  it('offers trigrams for a text inside, GIN for containment, block ranges for rows in order, hash for wide keys', async () => {
    expect(await labels("select id from t where name like '%x%'")).toContain('gin t (name gin_trgm_ops)');
    expect(await labels('select id from t where doc @> $1')).toContain('gin t (doc jsonb_path_ops)');
    expect(await labels('select id from t where at >= $1 and at < $2')).toContain(
      'brin t (at) WITH (pages_per_range = 32)',
    );
    expect(await labels('select id from t where name = $1')).toContain('hash t (name)');
  });

  it('leaves out what exists, and wide values from covering indexes', async () => {
    const found = await labels('select doc from t where id = $1');
    expect(found).not.toContain('btree t (id)');
    expect(found.filter((label) => label.includes('INCLUDE (doc)'))).toEqual([]);
  });

  it('keeps the indexes of all branches of an OR together', async () => {
    const { sets } = enumerateIndexes(
      await analyseQuery('select id from t where a = $1 or name = $2', catalog),
      catalog,
    );
    expect(sets.map((set) => set.map(labelOf))).toEqual([['btree t (a)', 'btree t (name)']]);
  });

  it('names the schema exactly where search_path would find another table', async () => {
    const [first] = enumerateIndexes(
      await analyseQuery('select id from other.t where id = $1', catalog),
      catalog,
    ).designs;
    if (first === undefined) throw new Error('no design');
    expect(createIndex(first, catalog)).toMatch(/^CREATE INDEX t_id_\w+ ON other\.t /);
  });
});
