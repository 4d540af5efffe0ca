import type { Predicate } from '../sql/analysed-query.ts';
import type { IndexDesign } from './index-design.ts';
import type { SourceUse } from './source-use.ts';

/**
 * The same B-tree over only the rows that the SQL's own literals admit; the keys that those literals fix are dropped.
 * Null where there is no such predicate or nothing would be left to key by.
 */
export function partialDesign(design: IndexDesign, use: SourceUse): IndexDesign | null {
  const fixed = use.predicates.filter(isLiteral);
  if (fixed.length === 0) return null;
  const dropped = new Set(
    fixed.flatMap(({ on, kind }) => (kind === 'range' || on === null ? [] : [on.indexSql])),
  );
  const keys = design.keys.filter(({ sql }) => !dropped.has(sql));
  if (keys.length === 0) return null;
  const where = fixed.map(({ whole }) => whole.indexSql).join(' AND ');
  return { ...design, keys, where, idea: `${design.idea}, partial` };
}

function isLiteral({ value, kind, whole }: Predicate): boolean {
  const constant = value === 'literal' || (value === 'none' && (kind === 'null' || kind === 'boolean'));
  return constant && whole.indexSql !== null && whole.params.length === 0 && !whole.hasSubquery;
}
