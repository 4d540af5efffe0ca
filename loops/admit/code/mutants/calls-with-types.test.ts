import { expect, test } from 'vitest';
import { callsWithTypes } from './calls-with-types.ts';

test.each([
  ['const three = max(1, a < b);', 0],
  ['const a = new Map<string, number>(); const b = list.map<number>(f);', 2],
  ['const c = a < b > (c);', 1],
  ['const c = a <= b >= (c);', 0],
  ['const c = a < (b > (c) ? 1 : 2);', undefined],
  ['const c = (;', undefined],
])('%s', (text, calls) => {
  expect(callsWithTypes(text)).toBe(calls);
});
