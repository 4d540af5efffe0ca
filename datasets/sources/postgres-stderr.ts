import { callAssembler, mayBeCall } from './call-assembler.ts';
import { countUnparsed } from './log-counts.ts';
import type { LogLinePrefix, PrefixMatch } from './log-line-prefix.ts';
import type { LogCounts, Signal } from './signal.ts';
import type { TextBlock } from './text-blocks.ts';

const TAB = 9;
/** Records that belong to the one before them. */
const COMPANIONS = new Set(['DETAIL', 'HINT', 'CONTEXT', 'STATEMENT', 'QUERY', 'LOCATION', 'BACKTRACE']);

interface PendingRecord {
  match: PrefixMatch;
  message: string;
  detail: string | undefined;
}

/**
 * Reads PostgreSQL's stderr log. A record is a line with the prefix and the lines after it that begin with a tab;
 * a call is held until the next record, because its parameters follow it as a DETAIL record.
 */
export async function* readPostgresStderr(
  blocks: AsyncIterable<TextBlock>,
  prefix: LogLinePrefix,
  counts: LogCounts,
): AsyncGenerator<Signal> {
  const assemble = callAssembler();
  let pending: PendingRecord | undefined;
  let rest = '';
  let torn = '';
  for await (const block of blocks) {
    if (block.torn) {
      torn = block.text;
      break;
    }
    const text = rest + (block.text.includes('\r\n') ? block.text.replaceAll('\r\n', '\n') : block.text);
    const end = lastRecordStart(text);
    rest = text.slice(end);
    for (const signal of readRecords(text, end)) yield signal;
  }
  // A cut-off line that goes on with the last record takes that one with it.
  if (torn.charCodeAt(0) === TAB) torn = rest + torn;
  else for (const signal of readRecords(rest, rest.length)) yield signal;
  const last = flush();
  if (last !== undefined) yield last;
  if (torn !== '') {
    const lines = countNewlines(torn, 0, torn.length) + 1;
    countUnparsed(counts, counts.read + 1, torn, lines);
    counts.torn = { line: counts.read + lines, text: torn.slice(0, 200) };
    counts.read += lines;
  }

  function flush(): Signal | undefined {
    if (pending === undefined) return undefined;
    const { match, message, detail } = pending;
    pending = undefined;
    return assemble({ message, detail, source: match });
  }

  function* readRecords(text: string, end: number): Generator<Signal> {
    let at = 0;
    while (at < end) {
      let next = text.indexOf('\n', at) + 1;
      let lines = 1;
      while (next < end && text.charCodeAt(next) === TAB) {
        next = text.indexOf('\n', next) + 1;
        lines += 1;
      }
      const match = prefix.match(text, at);
      if (match === undefined) {
        countUnparsed(counts, counts.read + 1, text.slice(at, next - 1), lines);
      } else {
        counts.matched += lines;
        if (match.severity === 'DETAIL' && pending !== undefined) {
          pending.detail = messageOf(text, match.bodyAt, next - 1, lines);
        } else if (!COMPANIONS.has(match.severity)) {
          const signal = flush();
          if (signal !== undefined) yield signal;
          if (match.severity === 'LOG' && mayBeCall(text, match.bodyAt))
            pending = { match, message: messageOf(text, match.bodyAt, next - 1, lines), detail: undefined };
        }
      }
      counts.read += lines;
      at = next;
    }
  }
}

/** The message without the tab that the server put before each of its lines but the first. */
function messageOf(text: string, from: number, to: number, lines: number): string {
  const message = text.slice(from, to);
  return lines === 1 ? message : message.replaceAll('\n\t', '\n');
}

/** Where the last line that is no continuation begins: what comes next may still belong to it. */
function lastRecordStart(text: string): number {
  let at = text.length;
  do {
    at = at <= 1 ? 0 : text.lastIndexOf('\n', at - 2) + 1;
  } while (at > 0 && text.charCodeAt(at) === TAB);
  return at;
}

function countNewlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
