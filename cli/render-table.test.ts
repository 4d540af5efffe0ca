import { expect, test } from 'vitest';
import { renderTable } from './render-table.ts';

test('columns are as wide as they must be, and the last takes what is left', () => {
  const rows = [
    ['a', '1', 'short'],
    ['long name', '100', `${'x'.repeat(40)}\n y`],
  ];
  expect(renderTable(['name', 'n', 'what'], rows, { columns: 36, right: [1] })).toEqual([
    'name         n  what',
    'a            1  short',
    `long name  100  ${'x'.repeat(19)}…`,
  ]);
  expect(renderTable(['name', 'n', 'what'], rows, { columns: 200 })[2]).toBe(
    `long name  100  ${'x'.repeat(40)} y`,
  );
});
