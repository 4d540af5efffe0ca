import type { Catalog } from '../plan.ts';
import { btree, type IndexDesign, key, keyOf } from './index-design.ts';
import type { SourceUse } from './source-use.ts';

/** LIKE, ILIKE and regular expressions: trigrams, and for a fixed beginning a B-tree in byte order. */
export function patternDesigns(use: SourceUse, catalog: Catalog): IndexDesign[] {
  return use.predicates.flatMap((predicate) => {
    const made = predicate.kind === 'like' && predicate.on !== null ? keyOf(predicate.on) : null;
    if (made === null) return [];
    const designs: IndexDesign[] = [];
    if (catalog.extensions.includes('pg_trgm')) {
      designs.push({
        table: use.table,
        method: 'gin',
        keys: [key(`${made.sql} gin_trgm_ops`, made.columns, false)],
        include: [],
        where: null,
        options: null,
        extension: 'pg_trgm',
        idea: 'trigrams',
      });
    }
    const anchored =
      predicate.pattern === 'prefix' || predicate.pattern === 'exact' || predicate.pattern === 'unknown';
    if (anchored && predicate.operator === 'LIKE') {
      designs.push(
        btree(use.table, [key(`${made.sql} text_pattern_ops`, made.columns, false)], 'beginning of a text'),
      );
    }
    return designs;
  });
}
