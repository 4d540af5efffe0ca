import { tableName } from '../indexes/index-design.ts';
import { planId } from '../make-plan.ts';
import type { Plan } from '../plan.ts';
import { type DuckdbLayout, duckdbModule } from './duckdb-module.ts';
import { duckdbSql } from './duckdb-sql.ts';
import { type Engine, type EngineInput, refusing, Untranslatable } from './engine.ts';
import { moduleTest } from './module-test.ts';
import { equalityColumns, type MovedTable, movedTables, sortColumns } from './moved-tables.ts';

const PACKAGE = '@duckdb/node-api';
/** DuckDB's own default, and one that lets statistics and bloom filters skip more. */
const ROW_GROUP = { usual: 122_880, small: 20_480 };
/** PostgreSQL's names of result types whose text form DuckDB does not share. */
const OTHER_TEXT =
  /^(_|bytea|record|interval|int4range|tsrange|tstzrange|daterange|numrange|point|xml|money|bit|bpchar)/;

/** DuckDB over its own file or Parquet: sorted or not, small row groups, bloom filters on compared columns. */
export const duckdb: Engine = {
  id: 'duckdb',
  package: PACKAGE,
  plans: refusing(plansFor),
};

function plansFor(input: EngineInput): Plan[] {
  const { query, catalog, subject, paramTypes, result } = input;
  const version = subject.packages[PACKAGE];
  if (version === undefined) throw new Untranslatable(`the sandbox has no package ${PACKAGE}`);
  const other = result.types.find((type) => OTHER_TEXT.test(type));
  if (other !== undefined) throw new Untranslatable(`its result has a column of type ${other}`);
  if (!input.bytewiseText && sortsText(input))
    throw new Untranslatable('it sorts text by a language, DuckDB by bytes');
  const sql = duckdbSql(query, paramTypes);
  const tables = movedTables(input);
  const sources = tables.map((table) => ({ table, source: tableName(table.table, catalog) }));
  return layouts(input, tables).map(({ label, layout }) => {
    const why = `Answers ${subject.query} from a copy in DuckDB (${label}).`;
    const source = duckdbModule({ query: subject.query, why, sql, result, tables: sources, layout });
    const tests = [moduleTest({ subject, engine: 'duckdb' })];
    const content = {
      kind: 'engine' as const,
      ddl: [],
      sql: subject.sql,
      refresh: [],
      module: { source, tests, packages: { [PACKAGE]: version } },
    };
    return { ...content, id: planId(content), label: `DuckDB ${label}`, ideas: ['DuckDB', layout.format] };
  });
}

function sortsText({ query }: EngineInput): boolean {
  const isText = (type: string | null) => type === null || type === 'text' || type === 'varchar';
  return query.blocks.some(
    ({ orderBy, aggregates, windows, predicates }) =>
      [...orderBy, ...windows.flatMap((one) => one.orderBy)].some(({ expression }) =>
        isText(expression.type),
      ) ||
      aggregates.some(
        ({ name, args }) => (name === 'min' || name === 'max') && args.some(({ type }) => isText(type)),
      ) ||
      predicates.some(({ kind, on }) => kind === 'range' && isText(on?.type ?? null)),
  );
}

/** The knobs that can matter for this query: no sorting without a column that is compared, no bloom without an equality. */
function layouts(
  { query }: EngineInput,
  tables: readonly MovedTable[],
): { label: string; layout: DuckdbLayout }[] {
  const sorts = tables.flatMap(({ table }) =>
    sortColumns(query, table)
      .slice(0, 2)
      .map((column) => ({ table: table.name, column })),
  );
  const bloom = Object.fromEntries(tables.map(({ table }) => [table.name, equalityColumns(query, table)]));
  const plain = { sort: {}, bloom: {}, rowGroup: ROW_GROUP.usual };
  const all: { label: string; layout: DuckdbLayout }[] = [
    { label: 'native', layout: { ...plain, format: 'native' } },
    { label: 'Parquet', layout: { ...plain, format: 'parquet' } },
  ];
  for (const { table, column } of sorts) {
    const sort = { [table]: [column] };
    all.push({ label: `native, ${table} by ${column}`, layout: { ...plain, format: 'native', sort } });
    const rowGroup = ROW_GROUP.small;
    all.push({
      label: `Parquet, ${table} by ${column}, row groups of ${rowGroup}`,
      layout: { ...plain, format: 'parquet', sort, rowGroup },
    });
  }
  if (Object.values(bloom).some((columns) => columns.length > 0)) {
    all.push({
      label: `Parquet, bloom filters, row groups of ${ROW_GROUP.small}`,
      layout: { ...plain, format: 'parquet', bloom, rowGroup: ROW_GROUP.small },
    });
  }
  return all;
}
