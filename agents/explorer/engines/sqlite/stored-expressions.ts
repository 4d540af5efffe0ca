import { typeOf } from '../../sql/expression-type.ts';
import { isImmutable } from '../../sql/immutability.ts';
import {
  as,
  clone,
  columnRef,
  deparse,
  lastName,
  type Node,
  names,
  replaceNodes,
  tagOf,
  walk,
} from '../../sql/nodes.ts';
import { resolveName, type Scope, type ScopeSource, storedTerm } from './scopes.ts';
import { type Term, TYPE_NAMES } from './terms.ts';
import type { Translation } from './translation.ts';

/** NULL makes each of these NULL, so that a stored one is right on the nullable side of a join. */
const STRICT = new Set([
  'A_Const',
  'ColumnRef',
  'TypeCast',
  'TypeName',
  'FuncCall',
  'A_Expr',
  'String',
  'Integer',
  'Float',
  'Boolean',
]);
/** Parts of a time that are whole numbers. */
const WHOLE_PARTS = new Set([
  'year',
  'month',
  'day',
  'hour',
  'minute',
  'dow',
  'doy',
  'isodow',
  'week',
  'quarter',
  'isoyear',
  'decade',
  'century',
]);

/** As a column that PostgreSQL fills; null where it is not a function of one table's row alone. */
export function storedExpression(node: Node, scope: Scope, to: Translation): Term | null {
  const uses: ScopeSource[] = [];
  let strict = true;
  let closed = true;
  const types = new Map<string, string>();
  walk([node], (child) => {
    strict &&= STRICT.has(tagOf(child));
    if (as(child, 'SubLink') || as(child, 'ParamRef')) closed = false;
    // It would be computed of every row, also of those that the query leaves out before it divides.
    if (['/', '%'].includes(lastName(as(child, 'A_Expr')?.name))) closed = false;
    if (!as(child, 'ColumnRef')) return true;
    const found = names(as(child, 'ColumnRef')?.fields).length > 0 ? resolveName(scope, child) : null;
    if (found === null) closed = false;
    else {
      uses.push(found.source);
      types.set(
        deparse(child),
        found.source.table?.columns.find(({ name }) => name === found.name)?.type ?? '',
      );
    }
    return true;
  });
  const [source] = uses;
  if (!closed || source?.table == null || uses.some((use) => use !== source) || as(node, 'ColumnRef'))
    return null;
  if (source.outer && !strict) return null;
  const typed = (reference: Node) => types.get(deparse(reference)) ?? null;
  // The store is made for sessions in UTC, where a time with a zone is as immutable as one without.
  const inUtc = (reference: Node) => (typed(reference) === 'timestamptz' ? 'timestamp' : typed(reference));
  const exact = typeOf(node, typed);
  const type = exact === 'varchar' ? 'text' : exact;
  if (type === null || !TYPE_NAMES.includes(type) || !isImmutable(node, inUtc)) return null;
  if (type === 'numeric' && !isWholePart(node)) return null;
  const bare = clone([node]);
  replaceNodes(bare, (child) => {
    const fields = as(child, 'ColumnRef')?.fields;
    return fields ? columnRef(lastName(fields)) : undefined;
  });
  const text = `(${deparse(bare[0] ?? node)})`;
  return storedTerm(source, to.store.expression(source.table, text, type));
}

function isWholePart(node: Node): boolean {
  const call = as(node, 'FuncCall');
  const part = as(call?.args?.[0], 'A_Const')?.sval?.sval?.toLowerCase() ?? '';
  return lastName(call?.funcname) === 'extract' && WHOLE_PARTS.has(part);
}
