import type { Canonicalizer } from './canonicalizer.ts';
import { withoutCasts } from './expression.ts';
import { addTable, canonicalFrom } from './from.ts';
import type { Scope } from './scope.ts';
import { canonicalSelect, canonicalWith } from './select.ts';
import { fieldsOf, isTree, listOf, type Tree, type Value } from './tree.ts';

/** Rewrites INSERT, UPDATE, DELETE and MERGE in place; false where `type` is none of them. */
export function canonicalModification(
  type: string,
  fields: Tree,
  outer: readonly Scope[],
  canonicalizer: Canonicalizer,
): boolean {
  const relation = fields['relation'];
  if (!MODIFICATIONS.has(type) || !isTree(relation)) return false;
  canonicalWith(fields, outer, canonicalizer);
  const scope: Scope = [addTable(relation, canonicalizer)];
  const others = fields['fromClause'] ?? fields['usingClause'] ?? fields['sourceRelation'];
  scope.push(...canonicalFrom(Array.isArray(others) ? others : [others], [scope, ...outer], canonicalizer));
  const scopes = [scope, ...outer];
  const select = fieldsOf(fields['selectStmt'], 'SelectStmt');
  if (select !== undefined) {
    canonicalSelect(select, outer, canonicalizer, 'drop');
    select['valuesLists'] = withoutRowCasts(select['valuesLists']);
    if (select['valuesLists'] === undefined) delete select['valuesLists'];
  }
  for (const key of [
    'targetList',
    'whereClause',
    'onConflictClause',
    'joinCondition',
    'mergeWhenClauses',
    'returningClause',
  ]) {
    if (fields[key] !== undefined) fields[key] = canonicalizer.visit(fields[key], scopes);
  }
  for (const item of listOf(fields['targetList'])) {
    const target = fieldsOf(item, 'ResTarget');
    // The column that is set gives a constant its type.
    if (target?.['val'] !== undefined) target['val'] = withoutCasts(target['val']);
  }
  const returning = fields['returningClause'];
  for (const item of listOf(isTree(returning) ? returning['exprs'] : []))
    delete fieldsOf(item, 'ResTarget')?.['name'];
  return true;
}

const MODIFICATIONS = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

function withoutRowCasts(rows: Value): Value {
  return Array.isArray(rows) ? rows.map(withoutCasts) : rows;
}
