import { fieldsOf, listOf, namesOf, stringNode, type Tree } from './tree.ts';

/** A relation in FROM: what the statement calls it, and what the canonical text calls it. */
export interface Relation {
  alias: string;
  label: string;
  /** Output columns that were given a name of their own, by that name. */
  columns: ReadonlyMap<string, string>;
}

export type Scope = Relation[];

/** What is known across one statement. */
export interface Names {
  /** How often each label was given. */
  labels: Map<string, number>;
  /** Output columns of the WITH queries, by name of the query. */
  ctes: Map<string, ReadonlyMap<string, string>>;
  /** The schema in which an unqualified table is found, where it is another than `public`. */
  schema: string | undefined;
}

/** `flights`, and `flights_2` where the statement names it again. */
export function newLabel(names: Names, base: string): string {
  const count = (names.labels.get(base) ?? 0) + 1;
  names.labels.set(base, count);
  return count === 1 ? base : `${base}_${count}`;
}

/** The canonical spelling of a table's schema: `public` and the system's own are left out. */
export function qualifyTable(table: Tree, names: Names): void {
  delete table['catalogname'];
  const name = String(table['relname'] ?? '');
  const schema = table['schemaname'];
  if (schema === 'public' || (schema === 'pg_catalog' && name.startsWith('pg_'))) delete table['schemaname'];
  else if (
    schema === undefined &&
    names.schema !== undefined &&
    !names.ctes.has(name) &&
    !name.startsWith('pg_')
  )
    table['schemaname'] = names.schema;
}

/**
 * Rewrites a ColumnRef's fields: aliases become labels, renamed columns their canonical names, and a qualifier that
 * can mean only one relation goes. PostgreSQL's query id does not see aliases either.
 */
export function resolveColumn(reference: Tree, scopes: readonly Scope[]): void {
  const fields = listOf(reference['fields']);
  const names = namesOf(fields);
  const star = fieldsOf(fields.at(-1), 'A_Star') !== undefined;
  const qualifier = star ? names.at(-1) : names.at(-2);
  if (qualifier === undefined) {
    const [name] = names;
    if (name !== undefined) reference['fields'] = unqualified(name, scopes).map(stringNode);
    return;
  }
  for (const [depth, scope] of scopes.entries()) {
    const relation = scope.find(({ alias }) => alias === qualifier);
    if (relation === undefined) continue;
    const last = names.at(-1) ?? '';
    const column = star
      ? undefined
      : (relation.columns.get(last) ?? (last === relation.alias ? relation.label : last));
    const kept = depth === 0 && scope.length === 1 ? [] : [stringNode(relation.label)];
    reference['fields'] = [...kept, column === undefined ? { A_Star: {} } : stringNode(column)];
    return;
  }
}

function unqualified(name: string, scopes: readonly Scope[]): string[] {
  const [innermost = []] = scopes;
  const owners = innermost.filter(({ columns }) => columns.has(name));
  const [owner] = owners;
  if (owner !== undefined && owners.length === 1) {
    const column = owner.columns.get(name) ?? name;
    return innermost.length === 1 ? [column] : [owner.label, column];
  }
  for (const scope of scopes) {
    const relation = scope.find(({ alias }) => alias === name);
    if (relation !== undefined) return [relation.label];
  }
  return [name];
}
