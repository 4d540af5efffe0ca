import type { IndexDesign } from './index-design.ts';
import type { SourceUse } from './source-use.ts';

/** Wider than this, the index is so large that reading it saves little, and a value may not fit in a page. */
const MAX_INCLUDED_BYTES = 96;
const MAX_INCLUDED = 8;

/** The same B-tree with all other columns that the query reads, so that an index-only scan answers; null where too wide. */
export function coveringDesign(design: IndexDesign, use: SourceUse): IndexDesign | null {
  if (design.method !== 'btree') return null;
  const held = new Set(design.keys.flatMap(({ plain, columns }) => (plain ? columns : [])));
  const include = use.columns.filter((name) => !held.has(name));
  if (include.length === 0 || include.length > MAX_INCLUDED) return null;
  const widths = include.map(
    (name) => use.table.columns.find((column) => column.name === name)?.avgWidthBytes ?? MAX_INCLUDED_BYTES,
  );
  if (widths.reduce((sum, width) => sum + width, 0) > MAX_INCLUDED_BYTES) return null;
  return { ...design, include, idea: `${design.idea}, covering` };
}
