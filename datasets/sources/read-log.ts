import type { Readable } from 'node:stream';
import { Fault } from '../fault.ts';
import { detectLog, type LogFormat } from './detect.ts';
import { newLogCounts } from './log-counts.ts';
import { openLog } from './open-log.ts';
import { readPostgresCsv } from './postgres-csv.ts';
import { readPostgresJson } from './postgres-json.ts';
import { readPostgresStderr } from './postgres-stderr.ts';
import type { LogCounts, Signal } from './signal.ts';
import { textBlocks } from './text-blocks.ts';

export interface ReadLog {
  /** The path, or `standard input`. */
  name: string;
  format: LogFormat;
  /** Grows while `signals` is read; final when that ends. */
  counts: LogCounts;
  signals: AsyncGenerator<Signal>;
}

/**
 * Opens a slow-query log and reads its calls one at a time. `-` reads `stdin`; `format` overrides detection. A log that is
 * missing, empty, binary or of no known format is a Fault with the next step; a line that does not parse is counted.
 */
export async function readLog(
  path: string,
  { format, stdin = process.stdin }: { format?: LogFormat | undefined; stdin?: Readable } = {},
): Promise<ReadLog> {
  const { name, head, chunks } = await openLog(path, stdin);
  const detected = detectLog(name, head.toString('utf8'), format);
  const counts = newLogCounts();
  const blocks = textBlocks(chunks, counts, name);
  switch (detected.format) {
    case 'postgres-stderr':
      return {
        name,
        format: detected.format,
        counts,
        signals: readPostgresStderr(blocks, detected.prefix, counts),
      };
    case 'postgres-csv':
      return { name, format: detected.format, counts, signals: readPostgresCsv(blocks, counts) };
    case 'postgres-json':
      return { name, format: detected.format, counts, signals: readPostgresJson(blocks, counts) };
  }
}

/** Throws where a log ends inside a record: figures over a part of a log would pass for the whole's. */
export function refuseTornLog({ name, counts }: Pick<ReadLog, 'name' | 'counts'>): void {
  if (counts.torn === undefined) return;
  throw new Fault(
    'truncated-log',
    `${name}, line ${counts.torn.line}: the log ends inside a record (${JSON.stringify(counts.torn.text.slice(0, 60))}…), so it was cut off or is still being written.`,
    {
      hint: 'Copy the whole log. To rank what is there, leave the torn line out: head -n -1 LOG | whetstone patterns -',
    },
  );
}
