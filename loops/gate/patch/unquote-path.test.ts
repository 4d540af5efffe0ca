import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unquotePath } from './unquote-path.ts';

describe('unquotePath', () => {
  it('leaves what has no quotes', () => {
    for (const text of ['a/b c', '', 'a"b"', 'a\\tb']) expect(unquotePath(text)).toBe(text);
  });

  it.each([
    ['"a b"', 'a b'],
    ['"\\303\\274.sql"', 'ü.sql'],
    ['"ü\\001"', 'ü\u0001'],
    ['"a\\tb\\nc"', 'a\tb\nc'],
    ['"\\a\\b\\v\\f\\r"', '\u0007\b\v\f\r'],
    ['"say \\"x\\" \\\\ y"', 'say "x" \\ y'],
    ['""', ''],
  ])('%s', (text, path) => expect(unquotePath(text)).toBe(path));

  it.each(['"a', '"', '"a"b', '"a"b"', '"\\x"', '"\\400"', '"\\08"', '"\\"', '"a\\'])(
    '%s is broken',
    (text) => expect(unquotePath(text)).toBe(null),
  );

  it('gives any path back that was quoted byte by byte', () => {
    const quoted = (path: string) =>
      `"${[...Buffer.from(path)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (path) => {
        expect(unquotePath(quoted(path))).toBe(path);
      }),
    );
  });
});
