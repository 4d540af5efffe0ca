import type { Column, Table } from '../plan.ts';
import type { Node, SelectStmt } from './nodes.ts';

/** A SELECT as the explorer understands it. `blocks[0]` is the outermost; each subquery, CTE and branch of a set operation is one more. */
export interface AnalysedQuery {
  /** The text as given, without comments at the end or a trailing semicolon. */
  sql: string;
  select: SelectStmt;
  blocks: Block[];
  /** Numbers of the parameters used, ascending. */
  params: number[];
}

export type BlockRole = 'top' | 'cte' | 'from' | 'exists' | 'in' | 'scalar' | 'branch';

/** One SELECT … FROM … WHERE. A set operation is a block without sources whose branches are blocks. */
export interface Block {
  id: number;
  role: BlockRole;
  parent: Block | null;
  select: SelectStmt;
  sources: Source[];
  /** Top-level conjuncts of WHERE and of each ON. */
  predicates: Predicate[];
  having: Expression[];
  joins: JoinEquality[];
  outputs: Output[];
  /** False where a `*` could not be expanded, so that `outputs` does not list all columns. */
  outputsKnown: boolean;
  groupBy: Expression[];
  /** False with GROUPING SETS, ROLLUP, CUBE. */
  plainGroupBy: boolean;
  distinct: 'none' | 'all' | Expression[];
  orderBy: SortKey[];
  aggregates: Aggregate[];
  windows: WindowUse[];
  limit: Expression | null;
  offset: Expression | null;
  setOperation: boolean;
  /** Column uses that reach out of this block: it is correlated. */
  outerUses: ColumnUse[];
}

export interface Source {
  /** The name by which the block's columns refer to it. */
  alias: string;
  kind: 'table' | 'derived' | 'cte' | 'other';
  table: Table | null;
  /** For `derived` and `cte`: the block that makes the rows. */
  block: Block | null;
  /** Column names of the source, null where not known. */
  columnNames: string[] | null;
  /** `outer`: the nullable side of an outer join, so its columns may be NULL though declared NOT NULL. */
  join: 'inner' | 'outer';
  lateral: boolean;
  /** Base columns that the query uses anywhere (its own block, subqueries): what a covering index needs. */
  columns: Set<string>;
}

export interface ColumnUse {
  source: Source;
  name: string;
  /** The column's type and statistics: of the source's table, or of the base column it passes through unchanged. */
  column: Column | null;
  /** The base column behind it, through derived tables and CTEs as far as it passes unchanged. */
  origin: { table: Table; column: Column } | null;
  /** The source belongs to an enclosing block. */
  outer: boolean;
}

export interface Expression {
  node: Node;
  sql: string;
  /** PostgreSQL's type name where it is known. */
  type: string | null;
  columns: ColumnUse[];
  /** Some column in it could not be resolved. */
  unresolved: boolean;
  /** Set where the expression is nothing but a column. */
  column: ColumnUse | null;
  params: number[];
  hasSubquery: boolean;
  hasAggregate: boolean;
  hasWindow: boolean;
  /** Known to be immutable, with the types that its columns have; false where in doubt. */
  immutable: boolean;
  /**
   * For CREATE INDEX: the text over bare column names, in parentheses where an index needs them. Null unless it is
   * immutable, without parameters and over one table of the block.
   */
  indexSql: string | null;
}

export interface Predicate {
  whole: Expression;
  /** `outer on` filters the nullable side of an outer join only. */
  clause: 'where' | 'on' | 'outer on';
  /**
   * `equality`: =, IN, = ANY, IS NOT DISTINCT FROM; `range`: <, <=, >, >=, BETWEEN; `like`: LIKE, ILIKE, ~;
   * `null`: IS [NOT] NULL; `json`: @>, ?, ?|, ?&, @?, @@; `boolean`: a bare boolean; `or`: see `branches`;
   * `join`: two sources are compared; `subquery`: EXISTS, IN (SELECT …); `other`: the rest, also <> and NOT.
   */
  kind: 'equality' | 'range' | 'like' | 'null' | 'json' | 'boolean' | 'or' | 'join' | 'subquery' | 'other';
  /** The one source of this block that the predicate is about. */
  source: Source | null;
  /** `=`, `IN`, `= ANY`, `<`, `BETWEEN`, `LIKE`, `ILIKE`, `IS NULL`, `@>`…, with the column's side on the left. */
  operator: string;
  /** The side that an index would hold. */
  on: Expression | null;
  /** What it is compared with: two for BETWEEN, all members of IN. */
  values: Expression[];
  /** What the values are made of: `literal` includes casts of literals; `expression` is anything else. */
  value: 'param' | 'literal' | 'expression' | 'none';
  /** For `like` with a literal pattern. */
  pattern: 'exact' | 'prefix' | 'suffix' | 'infix' | 'unknown' | null;
  /** For `or`: the conjuncts of each branch. */
  branches: Predicate[][];
}

/** `left = right` over two sources (or an enclosing block's), from WHERE, ON or USING. */
export interface JoinEquality {
  left: ColumnUse;
  right: ColumnUse;
  /** `outer`: the condition of an outer join; it filters one side only. */
  kind: 'inner' | 'outer';
}

interface Output {
  name: string;
  expression: Expression;
}

export interface SortKey {
  expression: Expression;
  descending: boolean;
  nullsFirst: boolean;
}

export interface Aggregate {
  name: string;
  args: Expression[];
  /** `count(*)`. */
  star: boolean;
  distinct: boolean;
  filter: Expression | null;
  /** ORDER BY within the call, WITHIN GROUP. */
  ordered: boolean;
  node: Node;
}

export interface WindowUse {
  name: string;
  args: Expression[];
  partitionBy: Expression[];
  orderBy: SortKey[];
  node: Node;
}
