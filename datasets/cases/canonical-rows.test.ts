import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalRows, equalRows } from './canonical-rows.ts';
import type { ResultSet } from './rows.ts';

const one = (type: string, ...values: unknown[]): ResultSet => ({
  columns: ['v'],
  types: [type],
  rows: values.map((value) => [value]),
});
const same = (a: ResultSet, b: ResultSet, ordered = true) => equalRows(a, b, { ordered }).equal;

describe('values of one class', () => {
  it.each([
    ['int4', 5, 'numeric', '5.0000'],
    ['int8', '9007199254740993', 'numeric', '9007199254740993.00'],
    ['float8', '1e20', 'numeric', '100000000000000000000'],
    ['float8', '-0', 'int4', 0],
    ['numeric', '0.33333333333333333333', 'float8', 0.3333333333333333],
    ['numeric', '12345678.905', 'float8', 12345678.904999999],
    ['numeric', '4.9999999999999', 'int4', '5'],
    ['float8', 'NaN', 'float8', 'NaN'],
    ['numeric', '-Infinity', 'float8', '-Infinity'],
    ['money', '-$1,234.50', 'numeric', '-1234.5'],
    ['bool', 't', 'boolean', true],
    ['text', 'a', 'varchar', 'a'],
    ['bpchar', 'a   ', 'text', 'a'],
    ['mood', 'sad', 'text', 'sad'],
    ['timestamptz', '2001-01-01 00:30:00.500+02', 'timestamp with time zone', '2000-12-31T22:30:00.5Z'],
    ['timestamp', '2001-01-01 00:30:00', 'timestamp', '2001-01-01T00:30:00.000'],
    ['time', '10:00:00.10', 'time', '10:00:00.1'],
    ['interval', '1 year 2 mons 04:05:06.70', 'interval', '14 mons 04:05:06.7'],
    ['jsonb', '{"b": 1.0, "a": [1, null]}', 'json', '{"a":[1,null],"b":1}'],
    ['_int4', '{1,NULL,3}', 'numeric[]', '{1.0,null,3}'],
    ['_text', '{"a",b}', 'text[]', '{a,"b"}'],
    ['bytea', '\\xAB', 'bytea', '\\xab'],
  ])('%s %j equals %s %j', (type, value, otherType, other) => {
    expect(equalRows(one(type, value), one(otherType, other), { ordered: true })).toEqual({ equal: true });
    expect(same(one(otherType, other), one(type, value), false)).toBe(true);
  });

  it.each([
    ['int4', 5, 'text', '5'],
    ['text', '5', 'text', 5],
    ['text', null, 'text', 'null'],
    ['text', 'NULL', 'text', null],
    ['int8', '9007199254740993', 'int8', '9007199254740992'],
    ['numeric', '12345678901234', 'numeric', '12345678901235'],
    ['numeric', '1.00000001', 'numeric', '1.00000002'],
    ['numeric', '2.345', 'numeric', '2.35'],
    ['float8', 'NaN', 'float8', null],
    ['bool', 't', 'bool', 1],
    ['text', 'a', 'text', 'a '],
    ['text', 'a', 'text', 'A'],
    ['text', '?1', 'int4', '1'],
    ['date', '2001-01-01', 'timestamp', '2001-01-01 00:00:00'],
    ['timestamptz', '2001-01-01 00:00:00+00', 'timestamptz', '2001-01-01 00:00:00'],
    ['interval', '1 mon', 'interval', '30 days'],
    ['jsonb', '{"a":1}', 'jsonb', '{"a":"1"}'],
    ['_int4', '{1,2}', '_int4', '{2,1}'],
    ['_text', '{NULL}', '_text', '{"NULL"}'],
    ['_int4', '{1}', 'int4', 1],
    ['int4', 1, 'int4', { valueOf: 1 }],
    ['numeric', '', 'numeric', '0'],
  ])('%s %j does not equal %s %j', (type, value, otherType, other) => {
    expect(same(one(type, value), one(otherType, other))).toBe(false);
    expect(same(one(type, value), one(otherType, other), false)).toBe(false);
  });
});

describe('the shape', () => {
  it('compares names, counts and ragged rows', () => {
    const base = one('int4', 1, 2);
    expect(equalRows(base, { ...base, columns: ['w'] }, { ordered: true })).toEqual({
      equal: false,
      detail: 'column 1 is "w", expected "v"',
    });
    expect(equalRows(base, one('int4', 1), { ordered: false })).toEqual({
      equal: false,
      detail: 'expected 2 rows, got 1',
    });
    expect(equalRows(base, { ...base, rows: [[1], []] }, { ordered: true })).toMatchObject({ equal: false });
    expect(same({ columns: [], types: [], rows: [[]] }, { columns: [], types: [], rows: [[]] })).toBe(true);
  });

  it('does not take a missing type for a right one', () => {
    expect(same(one('int4', 1), { ...one('int4', 2), types: [] })).toBe(false);
  });

  it('keeps cells apart whatever they contain', () => {
    const row = (...cells: unknown[]): ResultSet => ({
      columns: ['a', 'b'],
      types: ['text', 'text'],
      rows: [cells],
    });
    expect(same(row('x","y', 'z'), row('x', 'y","z'))).toBe(false);
  });
});

describe('order', () => {
  it('counts exactly where the query orders, and says so', () => {
    const [a, b] = [one('int4', 1, 2, 2), one('int4', 2, 1, 2)];
    expect(same(a, b, false)).toBe(true);
    expect(equalRows(a, b, { ordered: true })).toEqual({
      equal: false,
      detail: 'the same rows in another order, first at row 1',
    });
    expect(same(one('int4', 1, 1, 2), one('int4', 1, 2, 2), false)).toBe(false);
  });

  it('finds rows that differ by rounding alone in a multiset', () => {
    const rows = (shift: number): ResultSet => ({
      columns: ['k', 'v'],
      types: ['text', 'float8'],
      rows: [
        ['a', 12345678.905 + shift],
        ['b', 12345678.905 - shift],
        ['c', 1],
      ],
    });
    expect(same(rows(0), { ...rows(1e-8), rows: [...rows(1e-8).rows].reverse() }, false)).toBe(true);
    expect(same(rows(0), rows(1), false)).toBe(false);
  });
});

const cell = fc.oneof(fc.constant(null), fc.string(), fc.integer(), fc.double(), fc.boolean());
const typeName = fc.constantFrom(
  'int4',
  'numeric',
  'float8',
  'text',
  'bool',
  'json',
  '_text',
  'timestamptz',
  'interval',
  'bytea',
);
const results = fc.array(typeName, { minLength: 1, maxLength: 4 }).chain((types) =>
  fc.record({
    columns: fc.constant(types.map((_, i) => `c${i}`)),
    types: fc.constant(types),
    rows: fc.array(fc.tuple(...types.map(() => cell)) as fc.Arbitrary<unknown[]>, { maxLength: 8 }),
  }),
);

describe('properties', () => {
  it('a result equals itself, and its shuffle as a multiset with the same digest', () => {
    fc.assert(
      fc.property(results, (result) => {
        const turned = { ...result, rows: [...result.rows].reverse() };
        expect(equalRows(result, result, { ordered: true })).toEqual({ equal: true });
        expect(equalRows(result, turned, { ordered: false })).toEqual({ equal: true });
        expect(canonicalRows(turned, { ordered: false })).toEqual(canonicalRows(result, { ordered: false }));
      }),
    );
  });

  it('is symmetric, and short about any difference', () => {
    fc.assert(
      fc.property(results, results, fc.boolean(), (a, b, ordered) => {
        const there = equalRows(a, b, { ordered });
        expect(equalRows(b, a, { ordered }).equal).toBe(there.equal);
        if (!there.equal) expect(there.detail.length).toBeLessThanOrEqual(300);
      }),
    );
  });

  it('one row dropped, doubled or changed is never equal', () => {
    const rows = fc.array(fc.tuple(fc.integer(), fc.string()), { minLength: 1, maxLength: 20 });
    const set = (list: [number, string][]): ResultSet => ({
      columns: ['n', 's'],
      types: ['int8', 'text'],
      rows: list,
    });
    fc.assert(
      fc.property(rows, fc.nat(), fc.boolean(), (list, at, ordered) => {
        const index = at % list.length;
        const [n, s] = list[index] ?? [0, ''];
        expect(same(set(list), set(list.toSpliced(index, 1)), ordered)).toBe(false);
        expect(same(set(list), set(list.toSpliced(index, 1, [n + 1, s])), ordered)).toBe(false);
        expect(same(set(list), set(list.toSpliced(index, 1, [n, `${s}!`])), ordered)).toBe(false);
      }),
    );
  });

  it('integers of any size compare by value against their decimal forms', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: -2n, max: 2n }), fc.nat(4), (value, shift, zeros) => {
        const decimal = `${value + shift}${zeros > 0 ? `.${'0'.repeat(zeros)}` : ''}`;
        expect(same(one('int8', String(value)), one('numeric', decimal))).toBe(shift === 0n);
      }),
    );
  });
});

it('compares 100,000 rows as a multiset, equal or all different, in far less than a quadratic time', {
  timeout: 30_000,
}, () => {
  const rows = (shift: number) => ({
    columns: ['a', 'b', 'c'],
    types: ['int4', 'float8', 'text'],
    rows: Array.from({ length: 100_000 }, (_, i) => [(i * 7919) % 100_003, i / 7 + shift, `row ${i}`]),
  });
  expect(same(rows(0), { ...rows(0), rows: rows(0).rows.reverse() }, false)).toBe(true);
  expect(same(rows(0), rows(1), false)).toBe(false);
});
