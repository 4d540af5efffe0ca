import type { PatternsDocument } from './commands/patterns.ts';
import { formatBytes, formatCount, formatMs } from './format-figures.ts';
import { renderTable } from './render-table.ts';

const HEAD = ['#', 'share', 'total', 'calls', 'p50', 'p95', 'max', 'query'];
/** Columns of it that stand to the right. */
const FIGURES = [0, 2, 3, 4, 5, 6];
const BAR = 10;
const SAMPLES_SHOWN = 3;

/** The ranking as a table that fits `columns` characters, and what to do next. */
export function renderPatterns(document: PatternsDocument, columns: number): string {
  const { lines, patterns, patternCount, totalMs, bytes } = document;
  const calls = patterns.reduce((sum, { count }) => sum + count, 0);
  const shown = patternCount === patterns.length ? `${formatCount(calls, 'call')} of ` : '';
  const head = `${shown}${formatCount(patternCount, 'pattern')}, ${formatMs(totalMs)} of database time, ${formatCount(lines.read, 'line')} (${formatBytes(bytes)})`;
  const rows = patterns.map(({ share, totalMs: ms, count, p50Ms, p95Ms, maxMs, fingerprint }, index) => [
    String(index + 1),
    `${'█'.repeat(Math.round(share * BAR)).padEnd(BAR, '·')} ${`${(share * 100).toFixed(1)}%`.padStart(6)}`,
    formatMs(ms),
    count.toLocaleString('en'),
    formatMs(p50Ms),
    formatMs(p95Ms),
    formatMs(maxMs),
    fingerprint,
  ]);
  const parts = [head, '', ...renderTable(HEAD, rows, { columns, right: FIGURES }), ''];
  if (patternCount > patterns.length) parts.push(`${patternCount - patterns.length} more: --top 0 shows all`);
  if (lines.unparsed > 0) parts.push(...unparsed(document));
  parts.push(
    'Next: whetstone init makes a target of the code that sends these queries; --json has their parameters.',
  );
  return parts.join('\n');
}

function unparsed({ lines, unparsedSamples }: PatternsDocument): string[] {
  const shown = unparsedSamples.slice(0, SAMPLES_SHOWN);
  return [
    `${formatCount(lines.unparsed, 'line')} could not be parsed and ${lines.unparsed === 1 ? 'is' : 'are'} not counted, among them:`,
    ...shown.map(({ log, line, text }) => `  ${log}:${line}: ${JSON.stringify(text.slice(0, 80))}`),
  ];
}
