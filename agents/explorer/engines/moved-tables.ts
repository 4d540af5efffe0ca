import type { Table } from '../plan.ts';
import type { AnalysedQuery } from '../query.ts';
import { type EngineInput, Untranslatable } from './engine.ts';

/** A table as far as the query needs it. */
export interface MovedTable {
  table: Table;
  columns: { name: string; type: string }[];
}

/** The tables and columns that the query reads; the copy holds nothing else. */
export function movedTables({ query, columnTypes }: EngineInput): MovedTable[] {
  const tables = new Map<Table, Set<string>>();
  for (const source of query.blocks.flatMap(({ sources }) => sources)) {
    if (source.kind === 'other') throw new Untranslatable(`it reads ${source.alias}, which is no table`);
    if (source.table === null) continue;
    const columns = tables.get(source.table) ?? new Set<string>();
    for (const column of source.columns) columns.add(column);
    tables.set(source.table, columns);
  }
  const names = [...tables.keys()].map(({ name }) => name);
  if (new Set(names).size < names.length)
    throw new Untranslatable('it reads tables of one name in two schemas');
  return [...tables].map(([table, columns]) => {
    // A table of which only the rows are counted still needs one column.
    const needed = columns.size > 0 ? [...columns] : table.columns.slice(0, 1).map(({ name }) => name);
    return {
      table,
      columns: needed.map((name) => ({
        name,
        type: columnTypes.get(`${table.schema}.${table.name}.${name}`) ?? '',
      })),
    };
  });
}

/** What the copy of a table could be sorted by: columns that are compared, ranges first, then join and sort keys. */
export function sortColumns(query: AnalysedQuery, table: Table): string[] {
  const compared = query.blocks.flatMap(({ predicates, orderBy, joins }) => {
    const on = (kind: string) =>
      predicates.filter((one) => one.kind === kind).map((one) => one.on?.column ?? null);
    return [
      ...on('range'),
      ...on('equality'),
      ...orderBy.map(({ expression }) => expression.column),
      ...joins.flatMap(({ left, right }) => [left, right]),
    ];
  });
  const own = compared.flatMap((use) => (use?.origin?.table === table ? [use.origin.column.name] : []));
  return [...new Set(own)];
}

export function equalityColumns(query: AnalysedQuery, table: Table): string[] {
  const equal = query.blocks.flatMap(({ predicates }) =>
    predicates.filter(({ kind }) => kind === 'equality').map(({ on }) => on?.column ?? null),
  );
  return [...new Set(equal.flatMap((use) => (use?.origin?.table === table ? [use.origin.column.name] : [])))];
}
