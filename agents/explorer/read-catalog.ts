import { z } from 'zod';
import type { Catalog } from './plan.ts';
import type { Runner } from './runner/open-runner.ts';

/**
 * One statement that gives the whole catalogue as one JSON value. Expression indexes list their plain columns only;
 * a partial index is not a unique constraint, so `unique` leaves it out.
 */
const CATALOG_SQL = `
with rel as (
  select c.oid, n.nspname, c.relname, greatest(c.reltuples, 0) as tuples, pg_table_size(c.oid) as bytes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    and c.relpersistence <> 't'
), idx as (
  select i.indrelid, i.indexrelid, i.indisprimary, i.indisunique, i.indpred is null and i.indexprs is null as plain,
    (select coalesce(json_agg(a.attname order by k.ord), '[]') from unnest(i.indkey::int2[]) with ordinality k(num, ord)
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.num where k.ord <= i.indnkeyatts) as cols
  from pg_index i where i.indisvalid
)
select json_build_object(
  'searchPath', (select json_agg(s) from unnest(current_schemas(false)) s),
  'extensions', (select coalesce(json_agg(name), '[]') from pg_available_extensions),
  'tables', (select coalesce(json_agg(json_build_object(
    'schema', rel.nspname, 'name', rel.relname, 'rows', rel.tuples, 'bytes', rel.bytes,
    'columns', (select coalesce(json_agg(json_build_object(
        'name', a.attname, 'type', t.typname, 'notNull', a.attnotnull, 'nDistinct', s.n_distinct,
        'correlation', s.correlation, 'nullShare', s.null_frac, 'avgWidthBytes', s.avg_width) order by a.attnum), '[]')
      from pg_attribute a join pg_type t on t.oid = a.atttypid
      left join pg_stats s on s.schemaname = rel.nspname and s.tablename = rel.relname and s.attname = a.attname
        and not s.inherited
      where a.attrelid = rel.oid and a.attnum > 0 and not a.attisdropped),
    'primaryKey', coalesce((select cols from idx where indrelid = rel.oid and indisprimary), '[]'),
    'unique', (select coalesce(json_agg(cols), '[]') from idx where indrelid = rel.oid and indisunique and plain),
    'indexes', (select coalesce(json_agg(json_build_object('name', ic.relname,
        'definition', pg_get_indexdef(indexrelid), 'columns', cols) order by ic.relname), '[]')
      from idx join pg_class ic on ic.oid = idx.indexrelid where indrelid = rel.oid)
  ) order by rel.nspname, rel.relname), '[]') from rel))`;

const figure = z.number().nullable();
const CatalogRow = z.object({
  searchPath: z.array(z.string()).nullable(),
  extensions: z.array(z.string()),
  tables: z.array(
    z.object({
      schema: z.string(),
      name: z.string(),
      rows: z.number(),
      bytes: z.number(),
      columns: z.array(
        z.object({
          name: z.string(),
          type: z.string(),
          notNull: z.boolean(),
          nDistinct: figure,
          correlation: figure,
          nullShare: figure,
          avgWidthBytes: figure,
        }),
      ),
      primaryKey: z.array(z.string()),
      unique: z.array(z.array(z.string())),
      indexes: z.array(z.object({ name: z.string(), definition: z.string(), columns: z.array(z.string()) })),
    }),
  ),
});

/** Tables, statistics and indexes of the environment's database, as its default connection sees them. */
export async function readCatalog(runner: Runner): Promise<Catalog> {
  const { searchPath, ...rest } = await runner.value(CatalogRow, CATALOG_SQL, []);
  return { ...rest, searchPath: searchPath ?? [] };
}
