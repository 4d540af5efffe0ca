import { callAssembler, mayBeCall, readQueryId } from './call-assembler.ts';
import { readCsvRecord } from './csv-record.ts';
import { countUnparsed } from './log-counts.ts';
import { logTimeReader } from './log-time.ts';
import type { LogCounts, Signal } from './signal.ts';
import type { TextBlock } from './text-blocks.ts';

/** Columns of csvlog: 23 up to PostgreSQL 12, 24 in 13, 26 from 14 on; later versions may append more. */
const FEWEST_COLUMNS = 23;
const COLUMN = {
  time: 0,
  user: 1,
  database: 2,
  session: 5,
  severity: 11,
  message: 13,
  detail: 14,
  queryId: 25,
} as const;
const RECORD_START = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/;
/** A quoted field that goes on for longer was opened by damage: reading starts again at the next line. */
const MAX_RECORD = 32 * 1024 * 1024;

/** Whether `fields` is a csvlog record. */
export function isCsvLogRecord(fields: readonly string[]): boolean {
  return fields.length >= FEWEST_COLUMNS && RECORD_START.test(fields[COLUMN.time] ?? '');
}

/** Reads PostgreSQL's csvlog. A record whose columns do not fit is counted as unparsed and the next line begins another. */
export async function* readPostgresCsv(
  blocks: AsyncIterable<TextBlock>,
  counts: LogCounts,
): AsyncGenerator<Signal> {
  const assemble = callAssembler();
  const readTime = logTimeReader();
  let text = '';
  let at = 0;
  for await (const block of blocks) {
    text = text.slice(at) + block.text;
    at = 0;
    for (const signal of readRecords()) yield signal;
    // A last record without its line end is whole when its columns are.
    if (block.torn && at < text.length) {
      text += '\n';
      for (const signal of readRecords()) yield signal;
      if (at === text.length) continue;
    }
  }
  if (at < text.length) {
    const lines = Math.max(1, newlines(text, at, text.trimEnd().length) + 1);
    countUnparsed(counts, counts.read + 1, text.slice(at), lines);
    counts.torn = { line: counts.read + lines, text: text.slice(at, at + 200) };
    counts.read += lines;
  }

  function* readRecords(): Generator<Signal> {
    while (at < text.length) {
      const record = readCsvRecord(text, at);
      if (record === undefined && text.length - at < MAX_RECORD) return;
      if (record === undefined || !isCsvLogRecord(record.fields)) {
        const next = text.indexOf('\n', at) + 1;
        if (next === 0) return;
        countUnparsed(counts, counts.read + 1, text.slice(at, next - 1));
        counts.read += 1;
        at = next;
        continue;
      }
      const { fields, next } = record;
      const lines = newlines(text, at, next);
      counts.read += lines;
      counts.matched += lines;
      at = next;
      const message = fields[COLUMN.message] ?? '';
      if (fields[COLUMN.severity] !== 'LOG' || !mayBeCall(message, 0)) continue;
      const signal = assemble({
        message,
        detail: fields[COLUMN.detail] || undefined,
        source: {
          facts: () => ({
            at: readTime(fields[COLUMN.time] ?? ''),
            user: fields[COLUMN.user] || undefined,
            database: fields[COLUMN.database] || undefined,
            queryId: readQueryId(fields[COLUMN.queryId]),
            session: fields[COLUMN.session] || undefined,
          }),
        },
      });
      if (signal !== undefined) yield signal;
    }
  }
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
