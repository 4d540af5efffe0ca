import { stripVTControlCharacters } from 'node:util';
import { REPORT_LIMITS } from './report-limits.ts';

/** What some writers drop and others replace: ids must be the same whichever wrote them, and PostgreSQL stores no NUL. */
const UNSTABLE = /(?!\s)[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\ufffd]/gu;
const CONTROL = /(?![\n\t])[\p{Cc}\p{Cs}]/gu;

/** One line: white space is one blank, since XML attributes and TAP lines cannot carry another. */
export function cleanTitle(text: string, limit: number = REPORT_LIMITS.titleCharacters): string {
  // Cut twice: before, to bound the work; after, as the writers differ in what they have dropped.
  return cut(
    text
      .slice(0, 2 * limit)
      .replace(UNSTABLE, '')
      .replace(/\s+/g, ' ')
      .trim(),
    limit,
  );
}

/** Several lines without colours and control characters; null where nothing is left. */
export function cleanMessage(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  // Colours may take more characters than the text they colour.
  const plain = stripVTControlCharacters(text.slice(0, 4 * REPORT_LIMITS.messageCharacters));
  const clean = cut(
    plain.replace(/\r\n?/g, '\n').replace(CONTROL, '').trim(),
    REPORT_LIMITS.messageCharacters,
  );
  return clean === '' ? null : clean;
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
