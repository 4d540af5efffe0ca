import type { PlanKind } from '../../datasets/cases/plan-kind.ts';

/** A column with the statistics of pg_stats that plans are made from. */
export interface Column {
  name: string;
  /** PostgreSQL's type name: `int4`, `text`, `timestamptz`, `jsonb`… */
  type: string;
  notNull: boolean;
  /** As in pg_stats: > 0 a count of distinct values, < 0 minus their share of the rows; null where never analysed. */
  nDistinct: number | null;
  /** Physical against logical order, −1…1; null where never analysed. */
  correlation: number | null;
  nullShare: number | null;
  avgWidthBytes: number | null;
}

export interface Table {
  schema: string;
  name: string;
  rows: number;
  bytes: number;
  columns: Column[];
  /** Column names of the primary key; empty where there is none. */
  primaryKey: string[];
  /** Each unique constraint or unique index over plain columns, primary key included. */
  unique: string[][];
  indexes: { name: string; definition: string; columns: string[] }[];
}

export interface Catalog {
  tables: Table[];
  /** Extensions that a migration may create, as pg_available_extensions lists them. */
  extensions: string[];
  searchPath: string[];
}

/** What an explorer knows of one case, all through tools. */
export interface Subject {
  caseId: string;
  query: string;
  sql: string;
  /** Visible parameter sets. */
  params: (string | null)[][];
  ordered: boolean;
  objectiveMs: number;
  stalenessS: number;
  allow: readonly PlanKind[];
  layout: { queries: string; migrations: string; refresh: string };
  /** npm packages that the sandbox's /node_modules has, with versions. */
  packages: Record<string, string>;
}

/**
 * One way to run a query: statements to run once (`ddl`), the SQL that then answers it with the same `$n`, and
 * statements that bring derived tables up to date. All SQL is one plain text each, without a trailing semicolon.
 */
export interface Plan {
  /** Stable for the same content; names the matrix column. */
  id: string;
  kind: PlanKind;
  /** What people read in the matrix: `btree (a, b) include (c)`. */
  label: string;
  /** Names of the ideas that made it: one for a plain plan, several for a combination. */
  ideas: string[];
  ddl: string[];
  sql: string;
  refresh: string[];
  /** A query that leaves PostgreSQL: the module that takes the place of the SQL file, and its tests. */
  module?: { source: string; tests: { path: string; source: string }[]; packages: Record<string, string> };
}

type CellState = 'ok' | 'wrong' | 'failed' | 'stopped';

/** One cell of the matrix: a plan tried on a case. Times are the in-sandbox screen's, not the gate's. */
export interface Cell {
  case: string;
  plan: string;
  kind: PlanKind;
  label: string;
  state: CellState;
  /** Median of the timed runs, milliseconds; a lower bound where `state` is `stopped`; null where it never ran. */
  medianMs: number | null;
  storageBytes: number | null;
  buildMs: number | null;
  /** What the first timed run said, before any second look: the count of "looked faster once" stands on it. */
  firstMs: number | null;
  detail: string;
}
