import fc from 'fast-check';
import { expect, test } from 'vitest';
import { absentParameters, boundaryParameters, sortByDuration, spreadFirst } from './choose-parameters.ts';

test('parameter sets are distinct and ordered by their longest duration', () => {
  const samples = [
    { params: ['a'], durationMs: 5 },
    { params: ['b'], durationMs: 1 },
    { params: ['a'], durationMs: 9 },
    { params: [null], durationMs: 7 },
  ];
  expect(sortByDuration(samples)).toEqual([['b'], [null], ['a']]);
});

test('spreadFirst keeps every element once and begins with both ends', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 60 }),
      fc.integer({ min: 2, max: 10 }),
      (all, count) => {
        const spread = spreadFirst(all, count);
        expect([...spread].sort()).toEqual([...all].sort());
        if (all.length > count) {
          expect(spread[0]).toBe(all[0]);
          expect(spread.slice(0, count)).toContain(all.at(-1));
        }
      },
    ),
  );
});

test('a boundary takes the greatest value of each parameter, numbers as numbers, and is no set of the log', () => {
  expect(
    boundaryParameters([
      ['9', '2001-01-02'],
      ['10', '2001-01-01'],
    ]),
  ).toEqual(['10', '2001-01-02']);
  expect(boundaryParameters([['9'], ['10']])).toBeUndefined();
  expect(boundaryParameters([])).toBeUndefined();
});

test('absent values are changed in one place each, by type', () => {
  expect(absentParameters(['JFK', '3', null], ['text', 'integer', 'text'])).toEqual([
    ['~no such value~', '3', null],
    ['JFK', '-2147480001', null],
  ]);
});
