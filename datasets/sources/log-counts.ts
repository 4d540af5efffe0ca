import type { LogCounts } from './signal.ts';

const SAMPLES = 10;
const SAMPLE_CHARACTERS = 200;

export function newLogCounts(): LogCounts {
  return { bytes: 0, read: 0, matched: 0, unparsed: 0, unparsedSamples: [] };
}

/** Counts `lines` lines from `line` (1-based) on as not parsed, and keeps the first ones' beginning. */
export function countUnparsed(counts: LogCounts, line: number, text: string, lines = 1): void {
  counts.unparsed += lines;
  if (counts.unparsedSamples.length >= SAMPLES) return;
  // Copied, so that the sample does not hold on to the whole block it was cut from.
  counts.unparsedSamples.push({ line, text: Buffer.from(text.slice(0, SAMPLE_CHARACTERS)).toString() });
}
