import type { Catalog, Table } from '../plan.ts';
import type { Block, ColumnUse, Source } from './analysed-query.ts';
import type { Node } from './nodes.ts';
import { as, names } from './nodes.ts';

/** What names mean at one place of a query. */
export interface Scope {
  block: Block;
  sources: Source[];
  /** Columns that USING merged: an unqualified name means the first. */
  merged: Set<string>;
  /** A CTE whose block is null is not understood (it changes data, or is referred to within itself). */
  ctes: Map<string, Block | null>;
  parent: Scope | null;
}

export function findTable(catalog: Catalog, schema: string | undefined, name: string): Table | null {
  const schemas = schema === undefined ? catalog.searchPath : [schema];
  for (const candidate of schemas) {
    const found = catalog.tables.find((table) => table.schema === candidate && table.name === name);
    if (found) return found;
  }
  return null;
}

export function findCte(scope: Scope, name: string): Block | null | undefined {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const found = at.ctes.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The use that a column reference makes of a source, or null where it cannot be told. */
export function resolveColumn(scope: Scope, node: Node): ColumnUse | null {
  const fields = as(node, 'ColumnRef')?.fields ?? [];
  const path = names(fields);
  const name = path.at(-1);
  if (name === undefined || path.length !== fields.length) return null;
  const qualifier = path.at(-2);
  const schema = path.at(-3);
  let outer = false;
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const visible = at.sources.filter(
      (source) =>
        qualifier === undefined ||
        (source.alias === qualifier && (schema === undefined || source.table?.schema === schema)),
    );
    const found = visible.filter((source) => source.columnNames?.includes(name));
    const first = found[0];
    if (first && (found.length === 1 || (qualifier === undefined && at.merged.has(name)))) {
      return { source: first, name, outer, ...columnBehind(first, name) };
    }
    // An unknown source might have that column: nothing further out may be taken for it.
    if (
      found.length > 0 ||
      visible.some((source) => source.columnNames === null) ||
      (qualifier !== undefined && visible.length > 0)
    )
      return null;
    outer = true;
  }
  return null;
}

/** Notes that a column is read, and, where it is an enclosing block's, that this block is correlated. */
export function noteUse(use: ColumnUse | null, { block }: Scope): void {
  if (!use) return;
  use.source.columns.add(use.name);
  if (!use.outer) return;
  const known = block.outerUses.some((other) => other.source === use.source && other.name === use.name);
  if (!known) block.outerUses.push(use);
}

function columnBehind(source: Source, name: string): Pick<ColumnUse, 'column' | 'origin'> {
  if (source.table) {
    const column = source.table.columns.find((candidate) => candidate.name === name) ?? null;
    return { column, origin: column === null ? null : { table: source.table, column } };
  }
  const position = source.columnNames?.indexOf(name) ?? -1;
  const inner = source.block?.outputs[position]?.expression.column ?? null;
  if (inner === null) return { column: null, origin: null };
  return { column: inner.column, origin: inner.source.join === 'outer' ? null : inner.origin };
}
