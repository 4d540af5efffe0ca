import type { Catalog, Plan, Subject } from '../plan.ts';
import type { AnalysedQuery } from '../query.ts';

export interface EngineInput {
  query: AnalysedQuery;
  catalog: Catalog;
  subject: Subject;
  /** PostgreSQL's types of `$1`…, as format_type names them. */
  paramTypes: string[];
  /** Full type of each column by `schema.table.column`, with length and scale: `numeric(10,2)`. */
  columnTypes: Map<string, string>;
  /** Columns and PostgreSQL type names of the query's result. */
  result: { columns: string[]; types: string[] };
  /** The database sorts text by bytes, as engines do. */
  bytewiseText: boolean;
}

/** An engine that a query may move to: what package it needs, and the plans it offers. */
export interface Engine {
  id: string;
  /** npm package that the target would depend on; null where the image's own program is used. */
  package: string | null;
  /** One plan for each layout of the store, or why there is none. */
  plans(input: EngineInput): { plans: Plan[] } | { refused: string };
}

/** Says in one sentence why a query cannot move; `refusing` turns it into `refused`. */
export class Untranslatable extends Error {
  override readonly name = 'Untranslatable';
}

/** An engine's `plans` out of what makes them or throws Untranslatable. */
export function refusing(plansFor: (input: EngineInput) => Plan[]): Engine['plans'] {
  return (input) => {
    try {
      return { plans: plansFor(input) };
    } catch (error) {
      if (error instanceof Untranslatable) return { refused: error.message };
      throw error;
    }
  };
}
