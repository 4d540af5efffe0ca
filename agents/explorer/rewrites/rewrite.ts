import type { Catalog } from '../plan.ts';
import type { AnalysedQuery } from '../query.ts';

/** Another way to ask for the same rows. All SQL is one plain statement each, without a trailing semicolon. */
export interface Proposal {
  label: string;
  /** Same `$n`, same output columns, same order of rows where the query orders. */
  sql: string;
  /** Run once, in order: derived tables, and indexes that this form relies on. */
  ddl: string[];
  /** Bring the derived tables up to date. Empty for a rewrite. */
  refresh: string[];
}

export interface Rewrite {
  name: string;
  kind: 'rewrite' | 'materialise';
  /** Only what keeps the rows under conditions that the catalogue shows; an empty list where it cannot tell. */
  propose(query: AnalysedQuery, catalog: Catalog): Proposal[];
}
