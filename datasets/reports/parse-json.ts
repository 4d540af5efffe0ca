import { REPORT_LIMITS } from './report-limits.ts';

export type ParsedJson = { value: unknown } | { problem: string };

/** JSON of whoever; what would keep JSON.parse busy or fill the memory is a problem before it is tried. */
export function parseJson(text: string): ParsedJson {
  const tooLarge = findExcess(text);
  if (tooLarge !== undefined) return { problem: tooLarge };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return {
      problem: `It is no JSON, or cut off: ${error instanceof Error ? error.message : String(error)}.`,
    };
  }
}

/** What of `text`, one JSON document or one a line, is beyond the limits. */
export function findExcess(text: string): string | undefined {
  let values = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        values += 1;
        depth += 1;
        if (depth > REPORT_LIMITS.depth) return `It nests deeper than ${REPORT_LIMITS.depth} levels.`;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      case 0x2c: // ,
        values += 1;
        break;
    }
    if (values > REPORT_LIMITS.values) return `It has more than ${REPORT_LIMITS.values} values.`;
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) return at;
  }
  return text.length;
}
