import type { SortBy } from 'libpg-query';
import { Untranslatable } from '../engine.ts';
import { type Term, unify } from './terms.ts';
import type { Translation } from './translation.ts';

/**
 * One key of an ORDER BY, with NULLs where PostgreSQL puts them. A column without NULLs says nothing of them: only so
 * does SQLite read an index in order. `as` stands for the term, such as its position.
 */
export function sortSql(key: SortBy, term: Term, to: Pick<Translation, 'bytewiseText'>, as?: string): string {
  if ((key.useOp?.length ?? 0) > 0) throw new Untranslatable('it orders by an operator');
  const [sorted = term] = unify([term], true);
  ordered(sorted, to);
  const descending = key.sortby_dir === 'SORTBY_DESC';
  const first =
    key.sortby_nulls === 'SORTBY_NULLS_FIRST' || (key.sortby_nulls !== 'SORTBY_NULLS_LAST' && descending);
  const nulls = term.notNull || first === !descending ? '' : first ? ' NULLS FIRST' : ' NULLS LAST';
  return `${as ?? sorted.sql}${descending ? ' DESC' : ''}${nulls}`;
}

/** Refuses what sorts otherwise in SQLite. */
export function ordered(term: Term | undefined, to: Pick<Translation, 'bytewiseText'>): void {
  if (term?.type === 'text' && !to.bytewiseText)
    throw new Untranslatable('it sorts text by a language, SQLite by bytes');
}
