import type { Catalog } from '../../plan.ts';
import type { Node, SelectStmt } from '../../sql/nodes.ts';
import type { OutputColumn, Scope } from './scopes.ts';
import type { StoredTables } from './stored-tables.ts';
import type { Term } from './terms.ts';

export interface Translated {
  sql: string;
  columns: OutputColumn[];
}

export interface Translation {
  catalog: Catalog;
  store: StoredTables;
  /** PostgreSQL's types of `$1`…, as pg_type names them. */
  paramTypes: string[];
  /** The database sorts text by bytes, as SQLite does. */
  bytewiseText: boolean;
  /** `scope` is the statement's own, still empty. */
  statement(select: SelectStmt, scope: Scope): Translated;
  /** A SELECT that sees the names of the one around it, whose scope is given. */
  subquery(select: SelectStmt, scope: Scope): Translated;
  expression(node: Node, scope: Scope): Term;
  /** A name that is free in the whole statement. */
  alias(letter: string): string;
}
