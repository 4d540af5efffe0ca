import type { Canonicalizer } from './canonicalizer.ts';
import { addTable } from './from.ts';
import { fieldsOf, isTree, listOf, stringNode, type Tree } from './tree.ts';

/** Names that a client makes up for each use: one pattern for all of them. */
const MADE_UP: Readonly<Record<string, readonly (readonly [field: string, text: string])[]>> = {
  TransactionStmt: [
    ['savepoint_name', 'name'],
    ['gid', 'name'],
  ],
  DeclareCursorStmt: [['portalname', 'name']],
  FetchStmt: [['portalname', 'name']],
  ClosePortalStmt: [['portalname', 'name']],
  PrepareStmt: [['name', 'name']],
  DeallocateStmt: [['name', 'name']],
  NotifyStmt: [['payload', 'payload']],
  CopyStmt: [['filename', 'file']],
};

/**
 * Rewrites a node of a utility statement in place, before its children: names that clients make up, and tables that
 * stand outside a query.
 */
export function canonicalUtility(type: string, fields: Tree, canonicalizer: Canonicalizer): void {
  for (const [field, text] of MADE_UP[type] ?? []) {
    if (typeof fields[field] === 'string' && fields[field] !== '') fields[field] = text;
  }
  if (type === 'CreateRoleStmt' || type === 'AlterRoleStmt') hidePassword(fields);
  // FETCH 100 and FETCH 50 read the same cursor.
  if (type === 'FetchStmt' && typeof fields['howMany'] === 'number' && fields['howMany'] > 1)
    fields['howMany'] = 2;
  if (type === 'RangeVar') addTable(fields, canonicalizer);
  else if (isTree(fields['relation']) && typeof fields['relation']['relname'] === 'string')
    addTable(fields['relation'], canonicalizer);
}

function hidePassword(fields: Tree): void {
  for (const item of listOf(fields['options'])) {
    const option = fieldsOf(item, 'DefElem');
    if (option?.['defname'] === 'password' && fieldsOf(option['arg'], 'String') !== undefined)
      option['arg'] = stringNode('');
  }
}
