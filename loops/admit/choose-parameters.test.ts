import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  absentParameters,
  boundaryParameters,
  fresh,
  sortByDuration,
  spreadFirst,
} from './choose-parameters.ts';

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

test('the longest duration counts, wherever it stands in the log', () => {
  const sample = (name: string, durationMs: number) => ({ params: [name], durationMs });
  expect(sortByDuration([sample('a', 9), sample('b', 6), sample('a', 1)])).toEqual([['b'], ['a']]);
  expect(sortByDuration([sample('a', 1), sample('b', 6), sample('a', 9)])).toEqual([['b'], ['a']]);
});

test('spreadFirst spreads evenly', () => {
  const all = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  expect(spreadFirst(all, 3)).toEqual([0, 4, 8, 1, 2, 3, 5, 6, 7]);
  expect(spreadFirst(all, 1)[0]).toBe(0);
  expect(spreadFirst(all, 9)).toEqual(all);
  expect(spreadFirst(all, 10)).toEqual(all);
});

test('a boundary compares as texts what are not all numbers, and leaves what has no value', () => {
  const boundary = (...columns: (string | null)[]) =>
    boundaryParameters(columns.map((value, at) => [value, String(at), String(9 - at)]))?.[0];
  expect(boundary('10', '9', '1')).toBe('10');
  expect(boundary('-1.5', '-10', '-2')).toBe('-1.5');
  expect(boundary('10.25', '9.5', '1')).toBe('10.25');
  expect(boundary('10', '9', '1x')).toBe('9');
  expect(boundary('10', '9', 'x1')).toBe('x1');
  expect(boundary('10', '9', '1.')).toBe('9');
  expect(boundary('10', '9', null)).toBe('10');
  expect(
    boundaryParameters([
      [null, '2'],
      [null, '1', '3'],
      [null, '1'],
    ]),
  ).toBeUndefined();
  expect(boundaryParameters([[]])).toBeUndefined();
  expect(
    boundaryParameters([
      ['a', null],
      [null, 'b'],
    ]),
  ).toEqual(['a', 'b']);
  expect(
    boundaryParameters([
      [null, '1', '4'],
      [null, '2', '3'],
    ]),
  ).toEqual([null, '2', '4']);
});

test.each([
  ['text', '~no such value~'],
  ['character varying', '~no such value~'],
  ['varchar(3)', '~no such value~'],
  ['bpchar', '~no such value~'],
  ['name', '~no such value~'],
  ['smallint', '-32001'],
  ['int2', '-32001'],
  ['integer', '-2147480001'],
  ['bigint', '-2147480001'],
  ['int4', '-2147480001'],
  ['int8', '-2147480001'],
  ['numeric(8,2)', '-2147480001'],
  ['real', '-2147480001'],
  ['double precision', '-2147480001'],
  ['float8', '-2147480001'],
  ['date', '1801-02-03'],
  ['timestamp with time zone', '1801-02-03'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
])('a value of %s that no table has', (type, value) => {
  expect(absentParameters(['x'], [type])).toEqual([[value]]);
});

test('of other types none is known, and of no type a text is', () => {
  for (const type of ['boolean', 'jsonb', 'context', 'point', 'update', 'xuuid'])
    expect(absentParameters(['x'], [type])).toEqual([]);
  expect(absentParameters(['x'], [])).toEqual([['~no such value~']]);
});

test('worn parameters give way to others, where there are some', () => {
  const all = [['a'], ['b'], [null]];
  expect(fresh(all, [])).toEqual(all);
  expect(fresh(all, [['b'], ['c']])).toEqual([['a'], [null]]);
  expect(fresh(all, [...all])).toEqual(all);
});
