import { type FactSource, type RecordFacts, readQueryId } from './call-assembler.ts';
import { logTimeReader } from './log-time.ts';

const SEVERITIES =
  'LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG[1-5]?|DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION|BACKTRACE';
const SEVERITY_IN_LINE = new RegExp(`(?:^|[^A-Za-z])(${SEVERITIES}):  `);
const MAX_PREFIX = 400;
const MAX_SHAPES = 8;

const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})? (?:[A-Z]{1,5}|[+-]\d\d(?::?\d\d)?)`;

/** What a prefix is made of, the most telling first; `\d` kinds before words. */
const TOKENS: readonly { kind: Kind; source: string }[] = [
  { kind: 'time', source: TIME },
  { kind: 'epoch', source: String.raw`\d{10}\.\d{3}(?![\d.])` },
  { kind: 'session', source: String.raw`[0-9a-f]{8}\.[0-9a-f]{1,8}(?![\w.])` },
  { kind: 'xid', source: String.raw`\d+/\d+` },
  { kind: 'host', source: String.raw`\w[\w.:-]*\(\d+\)|\d+\.\d+\.\d+\.\d+|\[local\]` },
  { kind: 'integer', source: String.raw`(?<![\w\])])-\d+(?!\w)|\d+(?!\w)` },
  { kind: 'key', source: '[A-Za-z]+=' },
  { kind: 'word', source: String.raw`\[unknown\]|[\p{L}\p{N}_][\p{L}\p{N}_$.-]*` },
  { kind: 'literal', source: '[^]' },
];
const TOKEN = new RegExp(TOKENS.map(({ source }) => `(${source})`).join('|'), 'yu');

const SLOT: Record<Exclude<Kind, 'key' | 'literal'>, string> = {
  time: TIME,
  epoch: String.raw`\d{10}\.\d{3}`,
  session: String.raw`[0-9a-f]{8}\.[0-9a-f]{1,8}`,
  xid: String.raw`-?\d*/?\d*`,
  host: '.*?',
  integer: String.raw`-?\d+`,
  // A name may hold spaces or be empty: it ends where what follows it begins.
  word: '.*?',
};

type Kind = 'time' | 'epoch' | 'session' | 'xid' | 'host' | 'integer' | 'key' | 'word' | 'literal';
interface Token {
  kind: Kind;
  text: string;
}

/** Escapes of log_line_prefix that a call needs; `?` stands for any other. */
type Escape = '%m' | '%t' | '%n' | '%c' | '%p' | '%l' | '%Q' | '%u' | '%d' | '%a' | '%h' | '%r' | '%v' | '?';

interface Shape {
  /** Sticky: the prefix and the severity, whose name is the last group. */
  pattern: RegExp;
  escapes: Escape[];
  text: string;
}

/** A record's beginning. */
export interface PrefixMatch extends FactSource {
  severity: string;
  /** Where the message begins. */
  bodyAt: number;
}

export interface LogLinePrefix {
  /** The prefix as `log_line_prefix` would spell it, as far as it can be told from a log. */
  text: string;
  /** Matches the line that begins at `at` of `block`; undefined where no record begins there. */
  match(block: string, at: number): PrefixMatch | undefined;
}

/**
 * Infers `log_line_prefix` from a log's first lines: what stands before `LOG:  ` and the like is cut into times,
 * numbers, names and punctuation, and each distinct shape (background processes have shorter ones) becomes a pattern.
 * Undefined where no line has a severity.
 */
export function inferLogLinePrefix(head: string): LogLinePrefix | undefined {
  const prefixes = new Set<string>();
  const byShape = new Map<string, { tokens: Token[]; lines: number }>();
  for (const line of head.split('\n')) {
    const found = line.startsWith('\t') ? null : SEVERITY_IN_LINE.exec(line.slice(0, MAX_PREFIX));
    if (found === null) continue;
    const prefix = line.slice(0, found.index + (found[0].startsWith(found[1] ?? '') ? 0 : 1));
    prefixes.add(prefix);
    const tokens = tokenize(prefix);
    const key = JSON.stringify(
      tokens.map(({ kind, text }) => (kind === 'key' || kind === 'literal' ? text : { kind })),
    );
    const known = byShape.get(key);
    if (known === undefined) byShape.set(key, { tokens, lines: 1 });
    else known.lines += 1;
  }
  if (byShape.size === 0) return undefined;
  const largeNumbers = numbersBeyondInt32(prefixes);
  const shapes: Shape[] = [];
  for (const { tokens } of [...byShape.values()].sort((a, b) => b.lines - a.lines)) {
    if (shapes.length === MAX_SHAPES) break;
    const sample = `${tokens.map(({ text }) => text).join('')}LOG:  `;
    if (shapes.some(({ pattern }) => matchAt(pattern, sample, 0) !== null)) continue;
    shapes.push(toShape(tokens, largeNumbers));
  }
  return { text: shapes[0]?.text ?? '', match: matcher(shapes) };
}

function tokenize(prefix: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < prefix.length) {
    const found = TOKEN.exec(prefix);
    if (found === null) break;
    const kind =
      TOKENS[found.findIndex((group, index) => index > 0 && group !== undefined) - 1]?.kind ?? 'literal';
    const before = tokens.at(-1);
    // `user=,db=`: nothing between a key and what follows is an empty name.
    if (before?.kind === 'key' && (kind === 'literal' || kind === 'key') && found[0] !== '[')
      tokens.push({ kind: 'word', text: '' });
    tokens.push({ kind, text: found[0] });
  }
  return tokens;
}

function toShape(tokens: Token[], largeNumbers: Set<string>): Shape {
  const escapes: Escape[] = [];
  let source = '';
  let text = '';
  tokens.forEach((token, index) => {
    if (token.kind === 'key' || token.kind === 'literal') {
      source += token.text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
      text += token.text === '%' ? '%%' : token.text;
      return;
    }
    const slot = nameSlot(token, tokens, index, escapes, largeNumbers);
    escapes.push(slot);
    source += `(${SLOT[token.kind]})`;
    text += slot === '?' ? '…' : slot;
  });
  return { pattern: new RegExp(`${source}(${SEVERITIES}):  `, 'y'), escapes, text };
}

function nameSlot(
  token: Token,
  tokens: Token[],
  index: number,
  before: Escape[],
  largeNumbers: Set<string>,
): Escape {
  const previous = tokens[index - 1];
  const key = previous?.kind === 'key' ? previous.text.slice(0, -1).toLowerCase() : '';
  const first = (slot: Escape): Escape => (before.includes(slot) ? '?' : slot);
  if (token.kind === 'time')
    return before.includes('%m') || before.includes('%t') ? '?' : token.text.charAt(19) === '.' ? '%m' : '%t';
  if (token.kind === 'epoch') return first('%n');
  if (token.kind === 'session') return first('%c');
  if (token.kind === 'xid') return first('%v');
  if (/^(user|usr|username|u)$/.test(key)) return first('%u');
  if (/^(db|database|dbname|d)$/.test(key)) return first('%d');
  if (/^(app|application|a)$/.test(key)) return first('%a');
  if (/^(client|host|remote|h|r)$/.test(key)) return first('%h');
  if (token.kind === 'host') return first(token.text.endsWith(')') ? '%r' : '%h');
  if (token.kind === 'integer') {
    if (/^(q|qid|queryid|query)$/.test(key) || largeNumbers.has(token.text)) return first('%Q');
    if (/^(l|line|n)$/.test(key)) return first('%l');
    return before.includes('%p') ? first('%l') : '%p';
  }
  if (tokens[index + 1]?.text === '@') return first('%u');
  if (previous?.text === '@') return first('%d');
  return '?';
}

/** Process ids, line and transaction numbers fit 32 bits; a query id mostly does not. */
function numbersBeyondInt32(prefixes: Set<string>): Set<string> {
  const large = new Set<string>();
  for (const prefix of prefixes) {
    for (const { kind, text } of tokenize(prefix))
      if (kind === 'integer' && Math.abs(Number(text)) > 0xffff_ffff) large.add(text);
  }
  return large;
}

function matchAt(pattern: RegExp, block: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(block);
}

function matcher(shapes: Shape[]): LogLinePrefix['match'] {
  const readTime = logTimeReader();
  const [main] = shapes;
  // A prefix that the first lines did not show is still a record's when it begins with the same kind of time.
  const timed = main?.escapes[0] === '%m' || main?.escapes[0] === '%t';
  const unseen =
    timed && main?.pattern.source.startsWith('(') === true
      ? new RegExp(`(${TIME})[^\\n]{0,${MAX_PREFIX}}?[^A-Za-z](${SEVERITIES}):  `, 'y')
      : undefined;
  return (block, at) => {
    for (const { pattern, escapes } of shapes) {
      const found = matchAt(pattern, block, at);
      if (found !== null) return new SeenPrefix(found, pattern.lastIndex, escapes, readTime);
    }
    const found = unseen === undefined ? null : matchAt(unseen, block, at);
    return found === null || unseen === undefined
      ? undefined
      : new UnseenPrefix(found, unseen.lastIndex, readTime);
  };
}

type ReadTime = (text: string) => number | undefined;

class SeenPrefix implements PrefixMatch {
  readonly severity: string;
  readonly bodyAt: number;
  private readonly found: RegExpExecArray;
  private readonly escapes: readonly Escape[];
  private readonly readTime: ReadTime;

  constructor(found: RegExpExecArray, bodyAt: number, escapes: readonly Escape[], readTime: ReadTime) {
    this.severity = found[found.length - 1] ?? '';
    this.bodyAt = bodyAt;
    this.found = found;
    this.escapes = escapes;
    this.readTime = readTime;
  }

  facts(): RecordFacts {
    const { escapes, found } = this;
    const facts = noFacts();
    for (let index = 0; index < escapes.length; index += 1) {
      const text = found[index + 1] ?? '';
      switch (escapes[index]) {
        case '%m':
        case '%t':
          facts.at = this.readTime(text);
          break;
        case '%n':
          facts.at = Math.round(Number(text) * 1000);
          break;
        case '%c':
          facts.session = text;
          break;
        case '%p':
          facts.session ??= text;
          break;
        case '%Q':
          facts.queryId = readQueryId(text);
          break;
        case '%u':
          facts.user = text === '' ? undefined : text;
          break;
        case '%d':
          facts.database = text === '' ? undefined : text;
          break;
      }
    }
    return facts;
  }
}

class UnseenPrefix implements PrefixMatch {
  readonly severity: string;
  readonly bodyAt: number;
  private readonly found: RegExpExecArray;
  private readonly readTime: ReadTime;

  constructor(found: RegExpExecArray, bodyAt: number, readTime: ReadTime) {
    this.severity = found[2] ?? '';
    this.bodyAt = bodyAt;
    this.found = found;
    this.readTime = readTime;
  }

  facts(): RecordFacts {
    const [text, time = ''] = this.found;
    return { ...noFacts(), at: this.readTime(time), session: /\[(\d+)[\]-]/.exec(text)?.[1] };
  }
}

function noFacts(): RecordFacts {
  return { at: undefined, database: undefined, user: undefined, queryId: undefined, session: undefined };
}
