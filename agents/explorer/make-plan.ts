import { sha256 } from '../../datasets/sha256.ts';
import { ddlOf, type IndexDesign, labelOf } from './indexes/index-design.ts';
import type { Catalog, Plan } from './plan.ts';

/** An alternative text of the query, with what it needs to exist; the query's own text has no `ddl` and no idea. */
export interface Variant {
  kind: Plan['kind'];
  label: string;
  ideas: string[];
  sql: string;
  ddl: string[];
  refresh: string[];
}

/** A plan's id names its content: what it builds and runs, not what it is called. */
export function planId(content: Pick<Plan, 'kind' | 'ddl' | 'sql' | 'refresh' | 'module'>): string {
  const { kind, ddl, sql, refresh, module } = content;
  return sha256(JSON.stringify([kind, ddl, sql, refresh, module?.source ?? null])).slice(0, 12);
}

export function makePlan(variant: Variant, designs: readonly IndexDesign[], catalog: Catalog): Plan {
  const ddl = [...new Set([...variant.ddl, ...designs.flatMap((design) => ddlOf(design, catalog))])];
  const labels = [...(variant.ideas.length === 0 ? [] : [variant.label]), ...designs.map(labelOf)];
  const content = { kind: variant.kind, ddl, sql: variant.sql, refresh: variant.refresh };
  return {
    ...content,
    id: planId(content),
    label: labels.join(' + '),
    ideas: [...new Set([...variant.ideas, ...designs.map(({ idea }) => idea)])],
  };
}
