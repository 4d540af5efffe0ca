import { Fault } from '../fault.ts';
import { readCsvRecord } from './csv-record.ts';
import { inferLogLinePrefix, type LogLinePrefix } from './log-line-prefix.ts';
import { isCsvLogRecord } from './postgres-csv.ts';
import { parseJsonLogLine } from './postgres-json.ts';

export const LOG_FORMATS = ['postgres-stderr', 'postgres-csv', 'postgres-json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export type DetectedLog =
  | { format: 'postgres-csv' | 'postgres-json' }
  | { format: 'postgres-stderr'; prefix: LogLinePrefix };

const LINES_TRIED = 200;

/**
 * Picks the format, and for stderr the prefix, from a log's beginning: the first line that is a record of one decides.
 * `format` overrides it. Throws a Fault where no line is a record.
 */
export function detectLog(name: string, head: string, format?: LogFormat): DetectedLog {
  if ((format ?? 'postgres-json') === 'postgres-json' && someLine(head, isJson))
    return { format: 'postgres-json' };
  if ((format ?? 'postgres-csv') === 'postgres-csv' && someLine(head, isCsv))
    return { format: 'postgres-csv' };
  if ((format ?? 'postgres-stderr') === 'postgres-stderr') {
    const prefix = inferLogLinePrefix(head);
    if (prefix !== undefined) return { format: 'postgres-stderr', prefix };
  }
  const first = Buffer.from(head.split('\n', 1)[0]?.slice(0, 80) ?? '')
    .toString()
    .trim();
  throw new Fault(
    'unknown-log',
    `${name}, line 1: no line at its beginning is a record of ${format ?? 'a format that is read here'}; it starts with ${JSON.stringify(first)}.`,
    {
      hint:
        format === undefined
          ? `Give a PostgreSQL log (stderr with any log_line_prefix, csvlog or jsonlog, with lc_messages = 'C'), or name its format: --format ${LOG_FORMATS.join('|')}.`
          : 'Leave --format out to have the format detected.',
    },
  );
}

function someLine(head: string, test: (head: string, at: number) => boolean): boolean {
  let at = 0;
  for (let line = 0; line < LINES_TRIED && at < head.length; line += 1) {
    if (test(head, at)) return true;
    const end = head.indexOf('\n', at);
    if (end < 0) return false;
    at = end + 1;
  }
  return false;
}

function isJson(head: string, at: number): boolean {
  if (head[at] !== '{') return false;
  const end = head.indexOf('\n', at);
  return parseJsonLogLine(head.slice(at, end < 0 ? head.length : end).trimEnd()) !== undefined;
}

function isCsv(head: string, at: number): boolean {
  if (!/^\d{4}-/.test(head.slice(at, at + 5))) return false;
  const record = readCsvRecord(head, at) ?? readCsvRecord(`${head}\n`, at);
  return record !== undefined && isCsvLogRecord(record.fields);
}
