const escapes: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** A path as git writes it: plain, or in double quotes with C escapes over its UTF-8 bytes. Null where it is broken. */
export function unquotePath(text: string): string | null {
  if (!text.startsWith('"')) return text;
  const inner = /^"([^"\\]*(?:\\(?:[abtnvfr"\\]|[0-3][0-7]{2})[^"\\]*)*)"$/.exec(text)?.[1];
  if (inner === undefined) return null;
  const bytes: Buffer[] = [];
  for (const [piece] of inner.matchAll(/\\[0-3][0-7]{2}|\\.|[^\\]+/g)) {
    const code = escapes[piece.slice(1)];
    if (!piece.startsWith('\\')) bytes.push(Buffer.from(piece));
    else bytes.push(Buffer.from([code ?? Number.parseInt(piece.slice(1), 8)]));
  }
  return Buffer.concat(bytes).toString('utf8');
}
