/** One statement of a slow-query log, as every dialect's parser yields it. */
export interface Signal {
  /** When the statement ended, epoch milliseconds; undefined where the prefix carries no time. */
  at: number | undefined;
  durationMs: number;
  /** The statement as logged; `$1`… where the extended protocol was used. */
  sql: string;
  /** Text of each bind parameter, null for NULL; undefined where the log carries none (simple protocol). */
  params: (string | null)[] | undefined;
  database: string | undefined;
  user: string | undefined;
  /** PostgreSQL's own grouping, where it is logged and not 0. */
  queryId: string | undefined;
  /** What tells the connections of one log apart (session id, else process id); absent where the prefix has neither. */
  session?: string | undefined;
}

/** What a parser saw besides signals: lines read, lines it could not parse (a bounded sample of them kept). */
export interface LogCounts {
  bytes: number;
  read: number;
  matched: number;
  unparsed: number;
  unparsedSamples: { line: number; text: string }[];
  /** The record that the log's end cuts off, absent where the log ends whole; it counts as unparsed as well. */
  torn?: { line: number; text: string };
}
