import { StringDecoder } from 'node:string_decoder';
import { Fault } from '../fault.ts';
import type { LogCounts } from './signal.ts';

const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** Whole lines, each with its `\n`; `torn` where the log ends without one. */
export interface TextBlock {
  text: string;
  torn: boolean;
}

/** Cuts a stream of bytes into blocks of whole lines, decoded as UTF-8; memory is a chunk and the longest line. */
export async function* textBlocks(
  chunks: AsyncIterable<Buffer>,
  counts: LogCounts,
  name: string,
): AsyncGenerator<TextBlock> {
  const decoder = new StringDecoder('utf8');
  let carried: string[] = [];
  let carriedLength = 0;
  for await (const chunk of chunks) {
    counts.bytes += chunk.length;
    const text = decoder.write(chunk);
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0) {
      carried.push(text);
      carriedLength += text.length;
      if (carriedLength > MAX_LINE_BYTES) throw endlessLine(name, counts.read + 1);
      continue;
    }
    yield { text: carried.join('') + text.slice(0, end), torn: false };
    carried = [text.slice(end)];
    carriedLength = text.length - end;
  }
  const rest = carried.join('') + decoder.end();
  if (rest !== '') yield { text: rest, torn: true };
}

function endlessLine(name: string, line: number): Fault {
  return new Fault('endless-line', `${name}, line ${line} is longer than ${MAX_LINE_BYTES >> 20} MiB.`, {
    hint: 'A log has line ends: check that this is one, and cut the line out if it is damaged.',
  });
}
