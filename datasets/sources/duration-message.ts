/** A call that PostgreSQL logged: what stands after `LOG:`, in csvlog's and jsonlog's `message`. */
export interface LoggedCall {
  durationMs: number;
  /** Undefined where only the duration was logged (`log_duration`). */
  sql: string | undefined;
}

const DURATION = 'duration: ';
const UNIT = ' ms';

/**
 * Reads `duration: 1.234 ms  statement: …` and `duration: 1.234 ms  execute <name>: …`. Undefined for every
 * other message, and for the parse and bind steps of the extended protocol: they are not calls of their own.
 */
export function parseDurationMessage(message: string): LoggedCall | undefined {
  if (!message.startsWith(DURATION)) return undefined;
  const unitAt = message.indexOf(UNIT, DURATION.length);
  if (unitAt < 0 || unitAt > DURATION.length + 24) return undefined;
  const durationMs = Number(message.slice(DURATION.length, unitAt));
  if (!Number.isFinite(durationMs) || durationMs < 0) return undefined;
  const rest = unitAt + UNIT.length;
  if (message.length === rest) return { durationMs, sql: undefined };
  const sql = parseStatementMessage(message, rest + 2);
  return sql === undefined ? undefined : { durationMs, sql };
}

/** The statement after `statement: ` or `execute <name>: ` at `from`; undefined for any other message. */
export function parseStatementMessage(message: string, from = 0): string | undefined {
  if (message.startsWith('statement: ', from)) return message.slice(from + 'statement: '.length);
  // `execute fetch from <name>: …` continues a portal whose first rows were logged as a call before; its time is load as well.
  if (!message.startsWith('execute ', from)) return undefined;
  const colon = message.indexOf(': ', from + 'execute '.length);
  return colon < 0 ? undefined : message.slice(colon + 2);
}

/**
 * Reads `parameters: $1 = 'it''s', $2 = NULL` (PostgreSQL 16 writes `Parameters:`) into each parameter's text.
 * Undefined where the detail is of another kind or does not parse to its end.
 */
export function parseParameters(detail: string): (string | null)[] | undefined {
  if (!/^parameters: \$/i.test(detail)) return undefined;
  const params: (string | null)[] = [];
  let at = 'parameters: '.length;
  for (;;) {
    const label = `$${params.length + 1} = `;
    if (!detail.startsWith(label, at)) return undefined;
    at += label.length;
    if (detail.startsWith('NULL', at)) {
      params.push(null);
      at += 'NULL'.length;
    } else {
      const end = quotedEnd(detail, at);
      if (end < 0) return undefined;
      const text = detail.slice(at + 1, end);
      params.push(text.includes("'") ? text.replaceAll("''", "'") : text);
      at = end + 1;
    }
    if (at === detail.length) return params;
    if (!detail.startsWith(', ', at)) return undefined;
    at += 2;
  }
}

/** Index of the quote that closes the one at `start`, or -1. */
function quotedEnd(text: string, start: number): number {
  if (text[start] !== "'") return -1;
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf("'", at);
    if (quote < 0) return -1;
    if (text[quote + 1] !== "'") return quote;
    at = quote + 2;
  }
}
