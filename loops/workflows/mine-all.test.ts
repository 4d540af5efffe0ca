import { expect, test } from 'vitest';
import { smallCase } from '../../tests/support/small-case.ts';
import { asksTheSame } from './mine-all.ts';

test('a case measured again asks the same; one with other parameters, rows or objective does not', () => {
  const first = smallCase('orders');
  const [visible] = first.visible;
  if (!visible) throw new Error('the case has a visible variant');
  const again = smallCase('orders', {
    baseMs: 380,
    calibrationMs: 11,
    basePlan: [],
    visible: [{ ...visible, baseMs: 390 }],
  });
  expect(asksTheSame(first, again)).toBe(true);
  // Key order differs between a case that was read from its files and one that was just drafted.
  expect(asksTheSame(first, Object.fromEntries(Object.entries(again).reverse()) as typeof again)).toBe(true);
  for (const change of [
    { objectiveMs: 20 },
    { pool: [['x']] },
    { visible: [{ ...visible, rows: 4 }] },
    { visible: [{ ...visible, params: ['other'] }] },
    { visible: [{ ...visible, split: 'guard' as const }] },
  ]) {
    expect(asksTheSame(first, { ...again, ...change })).toBe(false);
  }
});
