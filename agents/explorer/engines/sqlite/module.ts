import { readFileSync } from 'node:fs';
import { tableName } from '../../indexes/index-design.ts';
import type { Catalog } from '../../plan.ts';
import type { StoreSpec } from './store.ts';
import type { StoredColumn, StoredTable } from './stored-tables.ts';

const sourceOf = (name: string) => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');
/** What every such module does is code of its own, which is written into it. */
const SHARED = ['values.ts', 'store.ts'].map(sourceOf);

/** Source of `queries/<name>.ts`. */
export function sqliteModule(spec: StoreSpec, why: string): string {
  const shared = SHARED.join('\n')
    .replaceAll(/^import .* from '\.\/.*';\n/gm, '')
    .replaceAll(/^export /gm, '');
  const imports = shared.match(/^import .*;\n/gm) ?? [];
  return `// ${why}
// PostgreSQL stays the system of record: \`refresh\` copies what the query reads into a new file that takes the old
// one's place, and \`run\` asks the file that lies there. Parameters in a form that only PostgreSQL reads go to it.
${imports.join('')}
const SPEC: StoreSpec = ${JSON.stringify(spec, null, 2)};

${shared.replaceAll(/^import .*;\n/gm, '').trim()}

export const { build, refresh, run } = openStore(SPEC);
`;
}

/** How one table is made, filled and indexed. `indexes` are lists of column names with their direction. */
export function storedTableSpec(
  { table, name, columns }: StoredTable,
  catalog: Catalog,
  indexes: readonly string[][],
): StoreSpec['tables'][number] {
  // A table of which only the rows are counted still needs a column.
  const kept = columns.size > 0 ? [...columns.values()] : [ROW];
  const declared = kept.map((column) => `"${column.name}" ${declaration(column)}`).join(', ');
  const values = kept.map((column, at) => incoming(column, `v${at + 1}`)).join(', ');
  return {
    create: `CREATE TABLE store."${name}"(${declared});`,
    export: `SELECT concat_ws(',', ${kept.map(exported).join(', ')}) AS line FROM ${tableName(table, catalog)}`,
    width: kept.length,
    insert: `INSERT INTO store."${name}" SELECT ${values} FROM main.incoming;`,
    indexes: indexes.map(
      (keys, at) => `CREATE INDEX store."${name}_${at + 1}" ON "${name}"(${keys.join(', ')});`,
    ),
  };
}

const ROW: StoredColumn = { name: 'present', type: 'int4', notNull: true, source: '1' };
const TIME = "'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]";

/** Values that SQLite would compare otherwise (infinity, years beyond 9999 or before 1) must not get in. */
function declaration({ name, type, notNull }: StoredColumn): string {
  const column = `"${name}"`;
  const required = notNull ? ' NOT NULL' : '';
  switch (type) {
    case 'float8':
      return `REAL${required} CHECK (typeof(${column}) IN ('real', 'null'))`;
    case 'text':
    case 'uuid':
      return `TEXT${required}`;
    case 'date':
      return `TEXT${required} CHECK (${column} GLOB ${TIME}')`;
    case 'timestamp':
    case 'timestamptz':
      return `TEXT${required} CHECK (${column} GLOB ${TIME} *' AND ${column} NOT GLOB '* BC')`;
    default:
      return `INTEGER${required} CHECK (typeof(${column}) IN ('integer', 'null'))`;
  }
}

/** A value as one CSV field: NULL is empty, and every text begins with a sign that it is one. */
function exported({ type, scale = 0, source }: StoredColumn): string {
  const text = (sql: string) => `coalesce((${sql})::text, '')`;
  switch (type) {
    case 'text':
    case 'uuid':
      return `coalesce('"=' || replace((${source})::text, '"', '""') || '"', '')`;
    case 'bool':
      return text(`(${source})::int`);
    case 'numeric':
      return text(`((${source}) * ${10 ** scale})::int8`);
    case 'timestamptz':
      return text(`(${source}) AT TIME ZONE 'UTC'`);
    default:
      return text(source);
  }
}

function incoming({ type }: StoredColumn, name: string): string {
  const value = `nullif(${name}, '')`;
  return type === 'text' || type === 'uuid' ? `substr(${value}, 2)` : value;
}
