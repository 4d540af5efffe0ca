import { REPORT_LIMITS } from './report-limits.ts';

/** The lines of a report that is written line by line, without their ends; `problem`: what came after them is not used. */
export function reportLines(text: string): { lines: string[]; problem?: string } {
  const lines: string[] = [];
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    if (end < 0) return { lines, problem: 'The last line was cut off.' };
    if (lines.length >= REPORT_LIMITS.values)
      return { lines, problem: `It has more than ${REPORT_LIMITS.values} lines.` };
    lines.push(text.slice(at, text[end - 1] === '\r' ? end - 1 : end));
    at = end + 1;
  }
  return { lines };
}
