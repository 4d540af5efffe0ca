import { describe, expect, it } from 'vitest';
import type { Catalog, Column } from '../plan.ts';
import { analyseQuery } from '../query.ts';
import { duckdbSql, duckdbType } from './duckdb-sql.ts';

const types = { i: 'int4', j: 'int4', x: 'float8', n: 'numeric', s: 'text', at: 'timestamptz', doc: 'jsonb' };
const catalog: Catalog = {
  searchPath: ['public'],
  extensions: [],
  tables: [
    {
      schema: 'public',
      name: 't',
      rows: 1,
      bytes: 1,
      columns: Object.entries(types).map(
        ([name, type]): Column => ({
          name,
          type,
          notNull: false,
          nDistinct: null,
          correlation: null,
          nullShare: null,
          avgWidthBytes: null,
        }),
      ),
      primaryKey: [],
      unique: [],
      indexes: [],
    },
  ],
};

async function translate(sql: string, ...params: string[]): Promise<string> {
  return duckdbSql(await analyseQuery(sql, catalog), params);
}

describe('duckdbSql', () => {
  it('divides integers as PostgreSQL does', async () => {
    expect(await translate('select i / j from t')).toContain('i // j');
    expect(await translate('select sum(i) / count(*) from t')).toContain('//');
    expect(await translate('select x / j from t')).toContain('x / j');
    await expect(translate('select (case when i > 0 then i end) / j from t')).rejects.toThrow(
      'a division may be one of integers',
    );
  });

  it('gives every parameter its type, and leaves a quoted one alone', async () => {
    const sql = await translate(
      "select i from public.t where i = $1 and at < $2 and s <> '$1'",
      'integer',
      'timestamp with time zone',
    );
    expect(sql).toContain('i = CAST($1 AS INTEGER)');
    expect(sql).toContain('at < CAST($2 AS TIMESTAMPTZ)');
    expect(sql).toContain("'$1'");
    expect(sql).not.toContain('public');
  });

  it('reads JSON through functions, whose precedence is the same everywhere', async () => {
    expect(await translate("select doc->'a'->>'b c' from t")).toContain(
      `json_extract_string(json_extract(doc, '$."a"'), '$."b c"')`,
    );
  });

  it('keeps the digits of a bare numeric', async () => {
    expect(await translate('select i::numeric from t')).not.toMatch(/numeric/i);
  });

  it.each([
    ["select to_char(at, 'YYYY') from t", 'to_char'],
    ["select s ~ 'x' from t", 'operator ~'],
    ['select i from t where i = any(array[1, 2])', 'array'],
  ])('refuses %s', async (sql, reason) => {
    await expect(translate(sql)).rejects.toThrow(reason);
  });

  it('refuses types that would lose digits', () => {
    expect(duckdbType('numeric(10,2)')).toBe('DECIMAL(10,2)');
    expect(() => duckdbType('numeric')).toThrow('no type that keeps every numeric');
    expect(() => duckdbType('numeric(50,2)')).toThrow();
  });
});
