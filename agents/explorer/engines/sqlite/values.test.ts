import { execaSync } from 'execa';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeValue } from './values.ts';

describe('encodeValue', () => {
  it('writes any text as one line that SQLite reads back', () => {
    const texts = fc
      .sample(fc.string({ unit: 'binary', maxLength: 12 }), 300)
      .filter((text) => !text.includes('\0'));
    const hostile = ["'; .shell x\n.shell x\n/\ngo\n", "a'b''c", '--', '#end\n', ...texts].map((text) =>
      Buffer.from(text).toString(),
    );
    const encoded = hostile.map((text) => encodeValue(text, 'text') ?? '');
    for (const one of encoded) expect(one).toMatch(/^[\x20-\x7e]+$/);
    const input = encoded.map((one) => `SELECT hex(${one});\n`).join('');
    const { stdout } = execaSync('sqlite3', ['-batch', '-init', '/dev/null'], { input });
    expect(stdout.split('\n')).toEqual(
      hostile.map((text) => Buffer.from(text).toString('hex').toUpperCase()),
    );
  });

  it.each([
    ['2024-02-29', 'date', "'2024-02-29'"],
    ['2023-02-29', 'date', null],
    ['2024-01-01T00:30:00.500+02', 'timestamptz', "'2023-12-31 22:30:00.5'"],
    ['2024-01-01', 'timestamp', "'2024-01-01 00:00:00'"],
    ['2024-01-01 00:00+02', 'timestamp', null],
    ['infinity', 'timestamp', null],
    ['yesterday', 'date', null],
    ['12.345', 'numeric:2', '(1234.5)'],
    ['-0.001', 'numeric:2', '(-0.5)'],
    ['NaN', 'numeric:2', null],
    ['-9223372036854775808', 'int8', '(-9223372036854775807 - 1)'],
    ['2147483648', 'int4', null],
    ['1; drop table x', 'int4', null],
    ['-1', 'limit', null],
    [null, 'limit', '-1'],
    ['YES', 'bool', null],
  ] as const)('writes %s as %s', (text, kind, sql) => {
    expect(encodeValue(text, kind)).toBe(sql);
  });
});
