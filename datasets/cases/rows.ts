/** Rows as a target's `serve` answers them: type names are PostgreSQL's (`int4`, `numeric`, `timestamptz`…). */
export interface ResultSet {
  columns: string[];
  types: string[];
  /** JSON values: text in PostgreSQL's text format, or numbers, booleans, null. */
  rows: unknown[][];
}
