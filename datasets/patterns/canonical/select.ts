import type { Canonicalizer } from './canonicalizer.ts';
import { canonicalDirection, canonicalList, withoutCasts } from './expression.ts';
import { canonicalFrom } from './from.ts';
import {
  canonicalNames,
  columnLabel,
  type OutputNames,
  outputColumns,
  outputNames,
} from './output-columns.ts';
import { sameExpression } from './placeholder.ts';
import type { Scope } from './scope.ts';
import {
  become,
  fieldsOf,
  isTree,
  listOf,
  namesOf,
  stringNode,
  type Tree,
  textOf,
  type Value,
} from './tree.ts';

/** Rewrites a SELECT, set operation or VALUES in place. */
export function canonicalSelect(
  select: Tree,
  outer: readonly Scope[],
  canonicalizer: Canonicalizer,
  output: OutputNames,
): void {
  canonicalWith(select, outer, canonicalizer);
  if (isTree(select['larg']) && isTree(select['rarg'])) {
    const names = outputNames(select);
    canonicalSelect(select['larg'], outer, canonicalizer, output);
    canonicalSelect(select['rarg'], outer, canonicalizer, 'drop');
    for (const item of listOf(select['sortClause'])) positionOfOutput(item, names);
    canonicalLimit(select, outer, canonicalizer);
    return;
  }
  const { visit } = canonicalizer;
  if (select['valuesLists'] !== undefined)
    select['valuesLists'] = canonicalList(listOf(visit(select['valuesLists'], outer)), canonicalizer);
  const scope = canonicalFrom(listOf(select['fromClause']), outer, canonicalizer);
  const scopes = [scope, ...outer];
  const targets = canonicalTargets(select, scopes, canonicalizer, output);
  for (const key of ['intoClause', 'whereClause', 'havingClause', 'windowClause']) {
    if (select[key] !== undefined) select[key] = visit(select[key], scopes);
  }
  // An empty node is how the parser writes a plain DISTINCT.
  for (const item of listOf(select['distinctClause'])) {
    if (isTree(item) && Object.keys(item).length > 0) likeTarget(item, targets, scopes, canonicalizer, true);
  }
  for (const item of listOf(select['groupClause'])) {
    if (isTree(item)) likeTarget(item, targets, scopes, canonicalizer, false);
  }
  for (const item of listOf(select['sortClause'])) {
    const sort = fieldsOf(item, 'SortBy');
    if (sort === undefined || !isTree(sort['node'])) continue;
    likeTarget(sort['node'], targets, scopes, canonicalizer, true);
    canonicalDirection(sort);
  }
  canonicalLimit(select, scopes, canonicalizer);
  for (const item of listOf(select['lockingClause'])) {
    for (const locked of listOf(fieldsOf(item, 'LockingClause')?.['lockedRels'])) {
      const table = fieldsOf(locked, 'RangeVar');
      const relation = scope.find(({ alias }) => alias === table?.['relname']);
      if (table !== undefined && relation !== undefined) table['relname'] = relation.label;
    }
  }
}

/** Rewrites the WITH queries and remembers their columns; their names stay, as PostgreSQL's query id sees them. */
export function canonicalWith(statement: Tree, outer: readonly Scope[], canonicalizer: Canonicalizer): void {
  const clause = statement['withClause'];
  if (!isTree(clause)) return;
  for (const item of listOf(clause['ctes'])) {
    const cte = fieldsOf(item, 'CommonTableExpr');
    if (cte === undefined) continue;
    const named = namesOf(cte['aliascolnames']);
    const select = fieldsOf(cte['ctequery'], 'SelectStmt');
    const columns = named.length > 0 || select === undefined ? canonicalNames(named) : outputColumns(select);
    canonicalizer.names.ctes.set(textOf(cte['ctename']) ?? '', columns);
    if (named.length > 0) cte['aliascolnames'] = [...columns.values()].map(stringNode);
    if (select === undefined) cte['ctequery'] = canonicalizer.visit(cte['ctequery'], outer);
    else canonicalSelect(select, outer, canonicalizer, 'rename');
  }
}

interface Target {
  name: string | undefined;
  value: Tree;
  /** From 1 on; undefined after a `*`. */
  position: number | undefined;
}

function canonicalTargets(
  select: Tree,
  scopes: readonly Scope[],
  { visit }: Canonicalizer,
  output: OutputNames,
): Target[] {
  const targets: Target[] = [];
  let starred = false;
  listOf(select['targetList']).forEach((item, index) => {
    const target = fieldsOf(item, 'ResTarget');
    if (target === undefined) return;
    const value = visit(target['val'], scopes);
    const name = textOf(target['name']);
    target['val'] = value;
    starred ||= fieldsOf(listOf(fieldsOf(value, 'ColumnRef')?.['fields']).at(-1), 'A_Star') !== undefined;
    if (isTree(value)) targets.push({ name, value, position: starred ? undefined : index + 1 });
    if (output === 'drop') delete target['name'];
    else if (name !== undefined) target['name'] = columnLabel(index);
  });
  return targets;
}

/**
 * Rewrites an ORDER BY, GROUP BY or DISTINCT ON expression. Where it is one of the select list, by position, by name or by
 * being the same, it becomes that expression, as all of these are one to PostgreSQL. `byName` says that an output name
 * comes before a column of that name.
 */
function likeTarget(
  node: Tree,
  targets: readonly Target[],
  scopes: readonly Scope[],
  canonicalizer: Canonicalizer,
  byName: boolean,
): void {
  const grouping = fieldsOf(node, 'GroupingSet');
  if (grouping !== undefined) {
    for (const item of listOf(grouping['content']))
      if (isTree(item)) likeTarget(item, targets, scopes, canonicalizer, byName);
    return;
  }
  const position = fieldsOf(fieldsOf(node, 'A_Const'), 'ival')?.['ival'];
  if (fieldsOf(fieldsOf(node, 'A_Const'), 'ival') !== undefined) {
    const target = targets.find((candidate) => candidate.position === position);
    if (target !== undefined) become(node, target.value);
    return;
  }
  const names = namesOf(fieldsOf(node, 'ColumnRef')?.['fields']);
  const [name] = names;
  if (names.length === 1 && name !== undefined) {
    const target = targets.find((candidate) => candidate.name === name);
    if (target !== undefined && (byName || !mentionsColumn(target.value, name))) {
      become(node, target.value);
      return;
    }
  }
  const visited = canonicalizer.visit(node, scopes);
  const same = targets.find(({ value }) => sameExpression(value, visited));
  if (isTree(visited)) become(node, same?.value ?? visited);
}

function mentionsColumn(value: Value, name: string): boolean {
  if (Array.isArray(value)) return value.some((item) => mentionsColumn(item, name));
  if (!isTree(value)) return false;
  const reference = fieldsOf(value, 'ColumnRef');
  if (reference !== undefined) return namesOf(reference['fields']).at(-1) === name;
  return Object.values(value).some((inner) => mentionsColumn(inner, name));
}

/** The output of a set operation is sorted by its columns alone: a name becomes its position. */
function positionOfOutput(item: Value, names: readonly (string | undefined)[]): void {
  const sort = fieldsOf(item, 'SortBy');
  if (sort === undefined) return;
  canonicalDirection(sort);
  const [name, ...more] = namesOf(fieldsOf(sort['node'], 'ColumnRef')?.['fields']);
  const position = name === undefined || more.length > 0 ? 0 : names.indexOf(name) + 1;
  if (position > 0) sort['node'] = { A_Const: { ival: { ival: position } } };
}

function canonicalLimit(select: Tree, scopes: readonly Scope[], { visit }: Canonicalizer): void {
  for (const key of ['limitCount', 'limitOffset']) {
    if (select[key] !== undefined) select[key] = withoutCasts(visit(select[key], scopes));
  }
}
