import {
  BLANK,
  classOf,
  DIGIT,
  DOLLAR,
  DOT,
  DOUBLE_QUOTE,
  isWordPart,
  LETTER,
  MINUS,
  numberEnd,
  QUOTE,
  quotedEnd,
  SLASH,
  STAR,
  skipBlanks,
  stringEnd,
  unicodeEnd,
} from './lexeme.ts';

/**
 * The statement without its literals, comments and surplus white space: still SQL of the same form, so that a log with
 * fresh literals in every line has few distinct skeletons, and each is parsed once. Integers become 1, other numbers 1.5,
 * strings ''. Kept are `$n`, identifiers, and integers in ORDER BY and GROUP BY, which are positions. Constants in IN and
 * rows in VALUES that only repeat the one before go. A CREATE, ALTER or DO statement is returned as it is, because its
 * literals are what it makes.
 */
export function skeletonOf(sql: string): string {
  const from = skipBlanks(sql, 0);
  return isKept(sql, from) ? sql : bytes.toString('utf8', 0, new Lexer(sql, from).run());
}

/**
 * A 53-bit hash of the skeleton, without making its text: among a million skeletons two share one with a probability of
 * 1 in 10,000.
 */
export function skeletonHash(sql: string): number {
  const from = skipBlanks(sql, 0);
  const length = isKept(sql, from) ? writeText(sql, 0, sql.length, 0) : new Lexer(sql, from).run();
  // FNV-1a, and the same with another factor.
  let a = 0x811c9dc5;
  let b = 0x9e3779b1;
  for (let index = 0; index < length; index += 1) {
    const byte = bytes[index] ?? 0;
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b);
  }
  return (a >>> 0) * 0x200000 + (((b ^ (b >>> 15)) >>> 0) & 0x1fffff);
}

function isKept(sql: string, from: number): boolean {
  return KEPT.test(sql.slice(from, from + 7));
}

const KEPT = /^(create|alter|do)\b/i;

const AMPERSAND = 38;
const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
const SEMICOLON = 59;

/** UTF-8 of the skeleton in the making: text that grows and shrinks without a string for each step. */
let bytes = Buffer.alloc(64 * 1024);

class Lexer {
  private readonly sql: string;
  private at: number;
  /** Bytes written. */
  private length = 0;
  /** Source before this index is written, or was left out. */
  private copied: number;
  private depth = 0;
  /** Parenthesis depth of the innermost ORDER BY or GROUP BY, of an IN list and of VALUES; -1 outside. */
  private byDepth = -1;
  private inDepth = -1;
  private valuesDepth = -1;
  /** Source index after the last element of an IN list that was a constant alone. */
  private constantEnd = -1;
  private row = { start: 0, end: -1, before: 0 };
  /** The last code that is neither blank nor comment; 0 before the first, `B` for BY. */
  private last = 0;
  private awaitsList = false;

  constructor(sql: string, from: number) {
    this.sql = sql;
    this.at = from;
    this.copied = from;
  }

  /** Writes the skeleton into `bytes` and returns its length. */
  run(): number {
    const { sql } = this;
    const { length } = sql;
    while (this.at < length) {
      const code = sql.charCodeAt(this.at);
      const kind = classOf(code);
      if (kind === LETTER) this.word();
      else if (kind === BLANK || this.isComment(code)) this.blank();
      else if (kind === DIGIT) this.number();
      else if (code === QUOTE) this.literal(stringEnd(sql, this.at, false), "''");
      else if (code === DOUBLE_QUOTE) this.pass(quotedEnd(sql, this.at), code);
      else if (code === DOLLAR) this.dollar();
      else if (code === DOT && classOf(sql.charCodeAt(this.at + 1)) === DIGIT && !endsOperand(this.last))
        this.number();
      else this.punctuation(code);
    }
    this.flush(length);
    while (this.length > 0 && isEnd(bytes[this.length - 1] ?? 0)) this.length -= 1;
    return this.length;
  }

  /** Leaves source up to `end` as it is. */
  private pass(end: number, last: number): void {
    this.at = end;
    this.last = last;
  }

  private flush(to: number): void {
    this.write(this.sql, this.copied, to);
    this.copied = to;
  }

  private replace(end: number, text: string): void {
    this.flush(this.at);
    this.write(text, 0, text.length);
    this.copied = end;
    this.at = end;
  }

  private isComment(code: number): boolean {
    const next = this.sql.charCodeAt(this.at + 1);
    return (code === MINUS && next === MINUS) || (code === SLASH && next === STAR);
  }

  private blank(): void {
    const end = skipBlanks(this.sql, this.at);
    if (end === this.at + 1 && this.sql.charCodeAt(this.at) === 32) this.at = end;
    else this.replace(end, ' ');
  }

  private word(): void {
    const { sql, at } = this;
    let end = at + 1;
    while (end < sql.length && isWordPart(sql.charCodeAt(end))) end += 1;
    const next = sql.charCodeAt(end);
    const size = end - at;
    const first = sql.charCodeAt(at) | 32;
    if (size === 1 && next === QUOTE && (first === 101 || first === 98 || first === 120 || first === 110)) {
      // e'…' has escapes; b'…', x'…' and n'…' are types of their own.
      this.literal(stringEnd(sql, end, first === 101), first === 101 ? "''" : `${sql[at]}''`);
      return;
    }
    if (size === 1 && first === 117 && next === AMPERSAND && sql.charCodeAt(end + 1) === QUOTE) {
      this.literal(unicodeEnd(sql, stringEnd(sql, end + 1, false)), "''");
      return;
    }
    this.awaitsList = false;
    this.last = first;
    if (size === 2 && first === 98 && (sql.charCodeAt(at + 1) | 32) === 121) {
      this.byDepth = this.depth;
      this.last = COMMA;
    } else if (size === 2 && first === 105 && (sql.charCodeAt(at + 1) | 32) === 110) {
      this.awaitsList = true;
    } else if (size === 6 && first === 118 && sql.slice(at, end).toLowerCase() === 'values') {
      this.valuesDepth = this.depth;
      this.row = { start: 0, end: -1, before: 0 };
    }
    this.at = end;
  }

  private number(): void {
    const { sql, at } = this;
    const { end, integer } = numberEnd(sql, at);
    if (integer && this.last === COMMA && this.depth === this.byDepth) this.pass(end, 49);
    else this.literal(end, integer ? '1' : '1.5');
  }

  private dollar(): void {
    const { sql, at } = this;
    let end = at + 1;
    if (classOf(sql.charCodeAt(end)) === DIGIT) {
      while (classOf(sql.charCodeAt(end)) === DIGIT) end += 1;
      this.pass(end, 49);
      return;
    }
    while (end < sql.length && isWordPart(sql.charCodeAt(end)) && sql.charCodeAt(end) !== DOLLAR) end += 1;
    if (sql.charCodeAt(end) !== DOLLAR) {
      this.pass(at + 1, DOLLAR);
      return;
    }
    const tag = sql.slice(at, end + 1);
    const close = sql.indexOf(tag, end + 1);
    this.literal(close < 0 ? sql.length : close + tag.length, "''");
  }

  private literal(end: number, text: string): void {
    const alone = this.depth === this.inDepth && this.isAlone(end);
    if (alone && this.constantEnd === this.copied && SEPARATOR.test(this.sql.slice(this.copied, this.at))) {
      this.copied = end;
      this.at = end;
    } else this.replace(end, text);
    this.constantEnd = alone ? end : -1;
    this.last = 49;
    this.awaitsList = false;
  }

  /** Whether the literal that ends at `end` is an element of a list by itself. */
  private isAlone(end: number): boolean {
    const next = this.sql.charCodeAt(skipBlanks(this.sql, end));
    return (
      (next === COMMA || next === CLOSE) && (this.last === COMMA || this.last === OPEN || this.last === MINUS)
    );
  }

  private punctuation(code: number): void {
    if (code === OPEN) {
      this.depth += 1;
      if (this.awaitsList) this.inDepth = this.depth;
      if (this.depth === this.valuesDepth + 1) {
        this.flush(this.at);
        this.row.start = this.length;
      }
    } else if (code === CLOSE) {
      if (this.depth === this.inDepth) this.inDepth = -1;
      if (this.depth === this.byDepth) this.byDepth = -1;
      this.depth -= 1;
      if (this.depth === this.valuesDepth) this.endRow();
      else if (this.depth < this.valuesDepth) this.valuesDepth = -1;
    }
    this.awaitsList = false;
    // `(a - 1` is no constant alone, `(-1` is.
    this.last = code === MINUS && this.last !== COMMA && this.last !== OPEN ? 0 : code;
    this.at += 1;
  }

  private endRow(): void {
    this.flush(this.at + 1);
    const { start, end, before } = this.row;
    const size = this.length - start;
    const repeats = end - before === size && separatesRows(end, start) && sameBytes(before, start, size);
    if (repeats) this.length = end;
    this.row = { start: 0, end: this.length, before: repeats ? before : start };
  }

  private write(text: string, from: number, to: number): void {
    this.length = writeText(text, from, to, this.length);
  }
}

/** Writes a part of `text` at `length` and returns the new length. */
function writeText(text: string, from: number, to: number, length: number): number {
  // A code unit takes at most three bytes.
  while (length + 3 * (to - from) > bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(bytes.length)]);
  for (let index = from; index < to; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 128)
      return length + index - from + bytes.write(text.slice(index, to), length + index - from, 'utf8');
    bytes[length + index - from] = code;
  }
  return length + to - from;
}

function isEnd(code: number): boolean {
  return code === SEMICOLON || classOf(code) === BLANK;
}

/** Whether a comma alone stands between the two rows. */
function separatesRows(from: number, to: number): boolean {
  return to - from <= 3 && bytes.toString('utf8', from, to).trim() === ',';
}

function sameBytes(a: number, b: number, size: number): boolean {
  return bytes.compare(bytes, a, a + size, b, b + size) === 0;
}

const SEPARATOR = /^\s*,\s*-?\s*$/;

function endsOperand(last: number): boolean {
  return isWordPart(last) || last === CLOSE || last === DOUBLE_QUOTE || last === 93;
}
