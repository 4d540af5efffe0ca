import { expect, test } from 'vitest';
import { parseBytes } from './parse-bytes.ts';

test.each([
  ['10GB', 10 * 2 ** 30],
  ['1.5 gb', 1.5 * 2 ** 30],
  ['500MB', 500 * 2 ** 20],
  ['7', 7],
  ['0', 0],
  ['much', undefined],
  ['-1GB', undefined],
  ['10 GiBs', undefined],
  ['1e9', undefined],
  ['', undefined],
])('%s', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});
