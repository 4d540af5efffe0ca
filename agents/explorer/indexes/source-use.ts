import type { Table } from '../plan.ts';
import type {
  AnalysedQuery,
  Block,
  ColumnUse,
  Expression,
  Predicate,
  Source,
} from '../sql/analysed-query.ts';
import { columnKey, type IndexKey, keyOf } from './index-design.ts';

/** What one block asks of one of its tables, in the terms of an index. */
export interface SourceUse {
  table: Table;
  /** Keys compared for equality with a value that is known before the scan. */
  equal: IndexKey[];
  ranges: IndexKey[];
  /** Keys compared for equality with another source's columns: the inner side of a nested loop. */
  joined: IndexKey[];
  /** Sequences of keys in which rows would be wanted: ORDER BY, GROUP BY, DISTINCT ON, a window, min and max. */
  orders: IndexKey[][];
  /** For each OR: the conjuncts of its branches on this table. */
  alternatives: { equal: IndexKey[]; ranges: IndexKey[] }[][];
  predicates: Predicate[];
  /** Columns that the query reads of this source. */
  columns: string[];
}

/** One use for each table of each block; a table that two blocks read has two. */
export function sourceUses(query: AnalysedQuery): SourceUse[] {
  return query.blocks.flatMap((block) =>
    block.sources.flatMap((source) =>
      source.table === null ? [] : [useOf(block, source, source.table, query)],
    ),
  );
}

function useOf(block: Block, source: Source, table: Table, query: AnalysedQuery): SourceUse {
  const predicates = block.predicates.filter((predicate) => predicate.source === source);
  const pushed = pushedDown(query, block, source);
  return {
    table,
    equal: byDistinct(distinctKeys([...keysOf(predicates, isEqual), ...pushed.equal]), table),
    ranges: distinctKeys([...keysOf(predicates, isRange), ...pushed.ranges]),
    joined: distinctKeys([...joinKeys(block, source), ...pushed.joined]),
    orders: ordersOf(block, source),
    alternatives: predicates
      .filter(({ kind }) => kind === 'or')
      .map(({ branches }) =>
        branches.map((parts) => ({ equal: keysOf(parts, isEqual), ranges: keysOf(parts, isRange) })),
      ),
    predicates,
    columns: [...source.columns],
  };
}

const isEqual = ({ kind, operator }: Predicate) =>
  kind === 'equality' || kind === 'boolean' || (kind === 'null' && operator === 'IS NULL');
const isRange = ({ kind }: Predicate) => kind === 'range';

function keysOf(predicates: readonly Predicate[], wanted: (predicate: Predicate) => boolean): IndexKey[] {
  return predicates.filter(wanted).flatMap(({ on }) => {
    const made = on === null ? null : keyOf(on);
    return made === null ? [] : [made];
  });
}

/** Predicates and joins of enclosing blocks on columns that come unchanged out of this block: the planner may push them down. */
function pushedDown(query: AnalysedQuery, block: Block, source: Source) {
  const reaches = (use: ColumnUse | null | undefined): use is ColumnUse =>
    use?.origin?.table === source.table &&
    use.source.block !== null &&
    (use.source.block === block || use.source.block.sources.some((inner) => inner.block === block));
  const outer = query.blocks.filter((other) => other !== block);
  const on = (wanted: (predicate: Predicate) => boolean) =>
    outer.flatMap((other) =>
      other.predicates
        .filter(wanted)
        .flatMap(({ on: side }) =>
          reaches(side?.column) ? [columnKey(side.column.origin?.column.name ?? '')] : [],
        ),
    );
  const joined = outer.flatMap((other) =>
    other.joins
      .flatMap(({ left, right }) => [left, right])
      .flatMap((use) => (reaches(use) ? [columnKey(use.origin?.column.name ?? '')] : [])),
  );
  return { equal: on(isEqual), ranges: on(isRange), joined };
}

function joinKeys(block: Block, source: Source): IndexKey[] {
  return block.joins.flatMap(({ left, right }) =>
    [left, right].filter((use) => use.source === source).map((use) => columnKey(use.name)),
  );
}

function ordersOf(block: Block, source: Source): IndexKey[][] {
  const sorted = block.orderBy.map(({ expression, descending, nullsFirst }) => ({
    expression,
    descending,
    nullsFirst,
  }));
  const ascending = (expressions: readonly Expression[]) =>
    expressions.map((expression) => ({ expression, descending: false, nullsFirst: false }));
  const windows = block.windows.map(({ partitionBy, orderBy }) => [...ascending(partitionBy), ...orderBy]);
  const extremes = block.aggregates
    .filter(({ name, distinct }) => name === 'min' || name === 'max' || distinct)
    .map(({ args }) => ascending(args));
  const distinct =
    block.distinct === 'all'
      ? ascending(block.outputs.map(({ expression }) => expression))
      : block.distinct === 'none'
        ? []
        : ascending(block.distinct);
  const grouped = ascending(block.groupBy);
  const wanted = [sorted, grouped, distinct, ...windows, ...extremes.map((one) => [...grouped, ...one])];
  return wanted.map((keys) => sortKeys(keys, source)).filter((keys) => keys.length > 0);
}

interface Wanted {
  expression: Expression;
  descending: boolean;
  nullsFirst: boolean;
}

/**
 * The leading sort keys that this source can give. An index read backwards serves keys that all descend, so directions
 * are written only where they are mixed or NULLs stand at the unusual end.
 */
function sortKeys(wanted: readonly Wanted[], source: Source): IndexKey[] {
  const end = wanted.findIndex(({ expression }) => !belongsTo(expression, source));
  const own = end === -1 ? wanted : wanted.slice(0, end);
  const mixed = own.some(({ descending }) => descending !== own[0]?.descending);
  const unusual = own.some(({ descending, nullsFirst }) => descending !== nullsFirst);
  return distinctKeys(
    own.flatMap(({ expression, descending, nullsFirst }) => {
      const made = keyOf(expression);
      if (made === null) return [];
      if (!mixed && !unusual) return [made];
      const nulls = descending === nullsFirst ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST';
      return [{ ...made, sql: `${made.sql}${descending ? ' DESC' : ''}${nulls}` }];
    }),
  );
}

function belongsTo(expression: Expression, source: Source): boolean {
  return expression.indexSql !== null && expression.columns.every((use) => use.source === source);
}

/** Drops repetitions; a key that comes twice in other directions counts once. */
export function distinctKeys(keys: readonly IndexKey[]): IndexKey[] {
  const seen = new Set<string>();
  return keys.filter((one) => {
    const bare = bareSql(one);
    if (seen.has(bare)) return false;
    seen.add(bare);
    return true;
  });
}

export function bareSql(one: IndexKey): string {
  return one.sql.replace(/( DESC)?( NULLS (FIRST|LAST))?$/, '');
}

/** The most selective key first; expressions, of which nothing is known, behind known columns. */
function byDistinct(keys: readonly IndexKey[], table: Table): IndexKey[] {
  const distinctValues = (one: IndexKey) => {
    const column = one.plain ? table.columns.find(({ name }) => name === one.columns[0]) : undefined;
    if (column?.nDistinct == null) return 0;
    return column.nDistinct < 0 ? -column.nDistinct * table.rows : column.nDistinct;
  };
  return [...keys].sort((a, b) => distinctValues(b) - distinctValues(a));
}
