import type { Catalog } from '../plan.ts';
import type { AnalysedQuery } from '../sql/analysed-query.ts';
import { brinDesigns } from './brin.ts';
import { alternativeSets, btreeDesigns } from './btree.ts';
import { coveringDesign } from './covering.ts';
import { documentDesigns } from './documents.ts';
import { hashDesigns } from './hash.ts';
import { bodyOf, type IndexDesign, identityOf } from './index-design.ts';
import { partialDesign } from './partial.ts';
import { patternDesigns } from './patterns.ts';
import { sourceUses } from './source-use.ts';

export interface IndexChoices {
  designs: IndexDesign[];
  /** Indexes that only help together. */
  sets: IndexDesign[][];
}

/** The most indexes worth pricing for one query; pricing one takes about a millisecond. */
const MAX_DESIGNS = 120;

/** Indexes that could serve the query, those that exist left out, at most `MAX_DESIGNS`. */
export function enumerateIndexes(query: AnalysedQuery, catalog: Catalog): IndexChoices {
  const uses = sourceUses(query);
  const families = uses.map((use) => {
    const plain = btreeDesigns(use);
    const widened = plain.flatMap((design) => present(coveringDesign(design, use)));
    const partial = [...plain, ...widened].flatMap((design) => present(partialDesign(design, use)));
    const other = [
      ...patternDesigns(use, catalog),
      ...documentDesigns(use),
      ...brinDesigns(use),
      ...hashDesigns(use),
    ];
    return [...other, ...interleave([plain, widened, partial])];
  });
  return {
    designs: withoutRepetition(interleave(families))
      .filter((design) => !exists(design))
      .slice(0, MAX_DESIGNS),
    sets: uses
      .flatMap(alternativeSets)
      .map(withoutRepetition)
      .filter((set) => set.length > 1),
  };
}

function present<T>(value: T | null): T[] {
  return value === null ? [] : [value];
}

/** Takes turns, so that a bound on the whole leaves something of each list. */
function interleave<T>(lists: readonly T[][]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}

function withoutRepetition(designs: readonly IndexDesign[]): IndexDesign[] {
  return [...new Map(designs.map((design) => [identityOf(design), design])).values()];
}

/** An existing index with the same columns in front does the same work. */
function exists(design: IndexDesign): boolean {
  const plain = design.method === 'btree' && design.include.length === 0 && design.where === null;
  const columns = design.keys.map((one) => one.columns[0] ?? '');
  return design.table.indexes.some(({ definition, columns: held }) => {
    if (definition.toLowerCase().endsWith(bodyOf(design).toLowerCase())) return true;
    const bare = definition.includes(' USING btree ') && !/ WHERE | INCLUDE /.test(definition);
    return (
      plain &&
      bare &&
      design.keys.every((one) => one.plain && !one.sql.includes(' ')) &&
      columns.every((name, at) => held[at] === name)
    );
  });
}
