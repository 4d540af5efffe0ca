import { expect, test } from 'vitest';
import { timeLimitMs } from './variation.ts';

test('a run has its limit, and longer where it has less of a processor', () => {
  expect(timeLimitMs(9_000, {})).toBe(9_000);
  expect(timeLimitMs(9_000, { days: 365, cpus: 2 })).toBe(9_000);
  expect(timeLimitMs(9_000, { cpus: 0.25 })).toBe(36_000);
});
