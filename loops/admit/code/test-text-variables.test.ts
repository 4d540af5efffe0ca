import { expect, it } from 'vitest';
import { readTestText } from './test-text.ts';

const textOf = (file: string) =>
  readTestText(file, [{ id: 'x', file: 'x.test.ts', path: ['adds'], message: '' }]).text;

const WRITTEN = `test('adds', () => {
  const items = [1, 2];
  const total = sum({ items });
  expect(total).toBe(3);
});`;

it('is the same with other names of variables and with comments', () => {
  const renamed = `test('adds', () => {
  // As reported.
  const values = [1, 2];
  const result = sum({ items: values });
  /* three */
  expect(result).toBe(3);
});`;
  expect(textOf(renamed)).toBe(textOf(WRITTEN.replace('{ items }', '{ items: items }')));
});

it('is another with another function, field or value', () => {
  const others = [
    WRITTEN.replace('sum(', 'product('),
    WRITTEN.replace('{ items }', '{ parts: items }'),
    WRITTEN.replace('toBe(3)', 'toBe(4)'),
  ];
  for (const other of others) expect(textOf(other)).not.toBe(textOf(WRITTEN));
});
