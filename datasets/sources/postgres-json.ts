import { z } from 'zod';
import { callAssembler, mayBeCall, readQueryId } from './call-assembler.ts';
import { countUnparsed } from './log-counts.ts';
import { logTimeReader } from './log-time.ts';
import type { LogCounts, Signal } from './signal.ts';
import type { TextBlock } from './text-blocks.ts';

/** What is read of a jsonlog record (PostgreSQL 15 on); every field but the severity may be missing. */
const JsonLogRecord = z.object({
  timestamp: z.string().optional(),
  user: z.string().optional(),
  dbname: z.string().optional(),
  session_id: z.string().optional(),
  error_severity: z.string(),
  message: z.string().optional(),
  detail: z.string().optional(),
  // A 64-bit number, which JSON.parse would round: it is read from the line's text.
  query_id: z.number().optional(),
});
type JsonLogRecord = z.infer<typeof JsonLogRecord>;

const QUERY_ID = /"query_id":\s*(-?\d+)/g;

/** The record on a line of jsonlog, or undefined. */
export function parseJsonLogLine(line: string): JsonLogRecord | undefined {
  if (line.charCodeAt(0) !== 123) return undefined;
  try {
    return JsonLogRecord.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Reads PostgreSQL's jsonlog, a record a line. */
export async function* readPostgresJson(
  blocks: AsyncIterable<TextBlock>,
  counts: LogCounts,
): AsyncGenerator<Signal> {
  const assemble = callAssembler();
  const readTime = logTimeReader();
  for await (const { text, torn } of blocks) {
    for (let at = 0; at < text.length; ) {
      const lineEnd = text.indexOf('\n', at);
      const end = lineEnd < 0 ? text.length : lineEnd;
      const line = text.slice(at, text[end - 1] === '\r' ? end - 1 : end);
      at = end + 1;
      counts.read += 1;
      const record = parseJsonLogLine(line);
      if (record === undefined) {
        countUnparsed(counts, counts.read, line);
        if (torn) counts.torn = { line: counts.read, text: line.slice(0, 200) };
        continue;
      }
      counts.matched += 1;
      const { message, detail } = record;
      if (record.error_severity !== 'LOG' || message === undefined || !mayBeCall(message, 0)) continue;
      const signal = assemble({
        message,
        detail,
        source: {
          facts: () => ({
            at: record.timestamp === undefined ? undefined : readTime(record.timestamp),
            user: record.user,
            database: record.dbname,
            queryId: record.query_id === undefined ? undefined : readQueryId(lastQueryId(line)),
            session: record.session_id,
          }),
        },
      });
      if (signal !== undefined) yield signal;
    }
  }
}

/** The field comes after all that quotes a statement, and the key's quotes would be escaped inside a string. */
function lastQueryId(line: string): string | undefined {
  let last: string | undefined;
  for (const found of line.matchAll(QUERY_ID)) last = found[1];
  return last;
}
