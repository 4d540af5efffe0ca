/** Where the lexemes of PostgreSQL's SQL begin and end. All positions are indices into the text. */

export const BLANK = 1;
export const LETTER = 2;
export const DIGIT = 3;
const CLASS = new Uint8Array(128);
for (const blank of ' \t\n\r\f\v') CLASS[blank.charCodeAt(0)] = BLANK;
for (let code = 48; code < 58; code += 1) CLASS[code] = DIGIT;
for (let code = 65; code < 91; code += 1) CLASS[code] = CLASS[code + 32] = LETTER;
CLASS[95] = LETTER;

const NEWLINE = 10;
export const QUOTE = 39;
export const DOUBLE_QUOTE = 34;
export const DOLLAR = 36;
export const STAR = 42;
export const MINUS = 45;
export const DOT = 46;
export const SLASH = 47;
const BACKSLASH = 92;

export function classOf(code: number): number {
  return code < 128 ? (CLASS[code] ?? 0) : LETTER;
}

export function isWordPart(code: number): boolean {
  const kind = classOf(code);
  return kind === LETTER || kind === DIGIT || code === DOLLAR;
}

/** Index after blanks and comments (which nest). */
export function skipBlanks(sql: string, from: number): number {
  let at = from;
  for (;;) {
    const code = sql.charCodeAt(at);
    if (code < 128 && CLASS[code] === BLANK) at += 1;
    else if (code === MINUS && sql.charCodeAt(at + 1) === MINUS) {
      const end = sql.indexOf('\n', at);
      at = end < 0 ? sql.length : end + 1;
    } else if (code === SLASH && sql.charCodeAt(at + 1) === STAR) at = commentEnd(sql, at);
    else return at;
  }
}

function commentEnd(sql: string, from: number): number {
  let depth = 1;
  let at = from + 2;
  while (at < sql.length) {
    const code = sql.charCodeAt(at);
    const next = sql.charCodeAt(at + 1);
    if (code === SLASH && next === STAR) {
      depth += 1;
      at += 2;
    } else if (code === STAR && next === SLASH) {
      depth -= 1;
      at += 2;
      if (depth === 0) return at;
    } else at += 1;
  }
  return sql.length;
}

/** Index after the string whose quote is at `from`, and after strings that continue it on a later line. */
export function stringEnd(sql: string, from: number, escapes: boolean): number {
  let at = from + 1;
  for (;;) {
    const quote = sql.indexOf("'", at);
    if (quote < 0) return sql.length;
    if (escapes) {
      let backslashes = 0;
      while (sql.charCodeAt(quote - 1 - backslashes) === BACKSLASH && quote - 1 - backslashes >= at)
        backslashes += 1;
      if (backslashes % 2 === 1) {
        at = quote + 1;
        continue;
      }
    }
    if (sql.charCodeAt(quote + 1) === QUOTE) {
      at = quote + 2;
      continue;
    }
    const next = continuation(sql, quote + 1);
    if (next < 0) return quote + 1;
    at = next + 1;
  }
}

/** Index of the quote that continues a string: only blanks with a line end between them. */
function continuation(sql: string, from: number): number {
  let at = from;
  let lineEnd = false;
  for (let code = sql.charCodeAt(at); code < 128 && CLASS[code] === BLANK; code = sql.charCodeAt(at)) {
    lineEnd ||= code === NEWLINE || code === 13;
    at += 1;
  }
  return lineEnd && sql.charCodeAt(at) === QUOTE ? at : -1;
}

/** Index after `UESCAPE '!'`, where that follows. */
export function unicodeEnd(sql: string, from: number): number {
  const escaped = /^\s*uescape\s*'.'/i.exec(sql.slice(from, from + 40));
  return escaped === null ? from : from + escaped[0].length;
}

export function quotedEnd(sql: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const quote = sql.indexOf('"', at);
    if (quote < 0) return sql.length;
    if (sql.charCodeAt(quote + 1) !== DOUBLE_QUOTE) return quote + 1;
    at = quote + 2;
  }
}

const NUMBER =
  /0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)?(?:\.(?!\.)[\d_]*)?(?:[eE][+-]?\d+)?/y;

export function numberEnd(sql: string, from: number): { end: number; integer: boolean } {
  let end = from;
  while (classOf(sql.charCodeAt(end)) === DIGIT) end += 1;
  const next = sql.charCodeAt(end);
  if (next !== DOT && !isWordPart(next)) return { end, integer: true };
  NUMBER.lastIndex = from;
  const text = NUMBER.exec(sql)?.[0] ?? '';
  return { end: from + Math.max(1, text.length), integer: !/[.eE]/.test(text) || /^0[xX]/.test(text) };
}
