import type { WindowDef } from 'libpg-query';
import type { Table } from '../../plan.ts';
import { as, type Node, names } from '../../sql/nodes.ts';
import { Untranslatable } from '../engine.ts';
import type { StoredTables } from './stored-tables.ts';
import { form, type Term } from './terms.ts';

/** An output of a subquery, as the query around it sees it: its SQL name is `c1`…. */
export type OutputColumn = Pick<Term, 'type' | 'scale' | 'rounded' | 'notNull'> & { name: string };

export interface ScopeSource {
  /** What the query calls it. */
  alias: string;
  /** What it is called in SQLite: unique in the whole statement. */
  sqlAlias: string;
  table: Table | null;
  /** Outputs of a subquery; null for a table. */
  columns: OutputColumn[] | null;
  /** The nullable side of an outer join. */
  outer: boolean;
}

export interface Scope {
  sources: ScopeSource[];
  /** Columns that USING merged: an unqualified name means the first. */
  merged: Set<string>;
  ctes: Map<string, { name: string; columns: OutputColumn[] }>;
  windows: Map<string, WindowDef>;
  parent: Scope | null;
  /** It has a GROUP BY, so that no group is empty. */
  grouped: boolean;
}

export function innerScope(parent: Scope | null, ctes: Scope['ctes']): Scope {
  return { sources: [], merged: new Set(), ctes: new Map(ctes), windows: new Map(), parent, grouped: false };
}

/** The source and the name that a column reference means. Null where no source has it. */
export function resolveName(scope: Scope, node: Node): { source: ScopeSource; name: string } | null {
  const fields = as(node, 'ColumnRef')?.fields ?? [];
  const path = names(fields);
  const [name, qualifier, schema] = [path.at(-1), path.at(-2), path.at(-3)];
  if (name === undefined || path.length !== fields.length)
    throw new Untranslatable('it refers to a whole row');
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const found = at.sources.filter(
      (source) =>
        (qualifier === undefined || source.alias === qualifier) &&
        (schema === undefined || source.table?.schema === schema) &&
        columnNames(source).includes(name),
    );
    const [first] = found;
    if (first !== undefined && (found.length === 1 || at.merged.has(name))) return { source: first, name };
    if (first !== undefined) throw new Untranslatable(`the column ${name} could be of two tables`);
  }
  return null;
}

export function columnNames({ table, columns }: ScopeSource): string[] {
  return columns?.map(({ name }) => name) ?? table?.columns.map(({ name }) => name) ?? [];
}

export function renamed(columns: readonly OutputColumn[], to: readonly string[]): OutputColumn[] {
  return columns.map((column, at) => ({ ...column, name: to[at] ?? column.name }));
}

export function columnTerm(source: ScopeSource, name: string, store: StoredTables): Term {
  const position = source.columns?.findIndex((column) => column.name === name) ?? -1;
  const output = source.columns?.[position];
  if (output !== undefined) {
    const { type, notNull } = output;
    const sql = `${source.sqlAlias}.c${position + 1}`;
    return { sql, type, notNull: notNull && !source.outer, ...form(output) };
  }
  if (source.table === null) throw new Untranslatable(`it refers to an unknown column ${name}`);
  return storedTerm(source, store.column(source.table, name));
}

export function storedTerm(
  source: ScopeSource,
  column: { name: string; type: string; scale?: number; notNull: boolean },
): Term {
  const { type, scale, notNull } = column;
  const sql = `${source.sqlAlias}."${column.name}"`;
  return { sql, type, notNull: notNull && !source.outer, ...(scale === undefined ? {} : { scale }) };
}
