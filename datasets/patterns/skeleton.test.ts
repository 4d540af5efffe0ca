import fc from 'fast-check';
import { loadModule } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { canonicalStatement } from './canonical/statement.ts';
import { skeletonHash, skeletonOf } from './skeleton.ts';

beforeAll(loadModule);

describe('skeletonOf', () => {
  test.each([
    ["select 'it''s', e'a\\'b', U&'d!0061t' UESCAPE '!', b'01', x'1F'", "select '', '', '', b'', x''"],
    ["select 'a'\n  'b' || 'c' 'd'", "select '' || '' ''"],
    ['select $tag$ it$$s $tag$, $$x$$, $1, a$b', "select '', '', $1, a$b"],
    [
      'select 1, 1.5, .5, 2e10, 1_000, 0xFF, a1, t1.c2, "3 $x\'"',
      'select 1, 1.5, 1.5, 1.5, 1, 1, a1, t1.c2, "3 $x\'"',
    ],
    ['select a -- one\n , /* two /* nested */ */ b ;\n', 'select a , b'],
    ['select  a\n\tfrom   t;;', 'select a from t'],
    ['select a from t order by 2, 1 desc limit 10', 'select a from t order by 2, 1 desc limit 1'],
    ['select a from t where x in (1, 2, -3, 4)', 'select a from t where x in (1)'],
    ['select a from t where x in (1, 2 + y, 3)', 'select a from t where x in (1, 1 + y, 1)'],
    ['select f(1, 2), (3, 4)', 'select f(1, 1), (1, 1)'],
    [
      "insert into t values (1, 'a'), (2, 'b'),(3, 'c') returning (x)",
      "insert into t values (1, '') returning (x)",
    ],
    ["insert into t values (1, 'a'), (2, null)", "insert into t values (1, ''), (1, null)"],
    ["update t set a = -5, b = c-7 where d = 'unfinished", "update t set a = -1, b = c-1 where d = ''"],
    ["CREATE TABLE t (a varchar(20) DEFAULT 'x')", "CREATE TABLE t (a varchar(20) DEFAULT 'x')"],
    ['select "größe", ë1 from t where ü = \'ß\'', 'select "größe", ë1 from t where ü = \'\''],
  ])('%s', (sql, skeleton) => {
    expect(skeletonOf(sql)).toBe(skeleton);
  });

  test('any literal gives the skeleton of any other of its kind', () => {
    const string = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
    const statement = (a: string, b: number, c: string) =>
      `select * from t1 where a = '${a.replaceAll("'", "''")}' and b2 > ${b} and c = $q$${c.replaceAll('$', '')}$q$ order by 3`;
    fc.assert(
      fc.property(string, fc.nat(), string, (a, b, c) => {
        expect(skeletonOf(statement(a, b, c))).toBe(skeletonOf(statement('x', 1, 'y')));
        expect(skeletonHash(statement(a, b, c))).toBe(skeletonHash(statement('x', 1, 'y')));
      }),
    );
  });

  test('other skeletons have other hashes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(skeletonHash(a) === skeletonHash(b)).toBe(skeletonOf(a) === skeletonOf(b));
      }),
    );
  });

  test('ends on any text, and repeating it settles', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`ab1. '"$-/*\\\n(),;eE`) }), (text) => {
        expect(skeletonOf(skeletonOf(text))).toBe(skeletonOf(skeletonOf(skeletonOf(text))));
        expect(skeletonOf(text).length).toBeLessThanOrEqual(2 * text.length + 2);
      }),
    );
  });

  test('parses to the same canonical statement as the text itself', () => {
    fc.assert(
      fc.property(query, (sql) => {
        const canonical = canonicalStatement(sql);
        expect(canonical, sql).toBeDefined();
        expect(canonicalStatement(skeletonOf(sql))?.text).toBe(canonical?.text);
      }),
      { numRuns: 300 },
    );
  });
});

const blank = fc.constantFrom(' ', '\n', '  ', ' /* c */ ', ' -- c\n');
const literal = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }).map(String),
  fc.constantFrom(
    "'a'",
    "'it''s'",
    "E'x\\'y'",
    '$$d$$',
    '1.5',
    '1e3',
    'null',
    'true',
    "date '2001-01-01'",
    "'7'::int",
  ),
);
const column = fc.constantFrom('a', 't.b', '"C d"', 't1x');
const condition = fc.oneof(
  fc.tuple(column, fc.constantFrom('=', '<', '>=', '<>', '->>'), literal).map((parts) => parts.join(' ')),
  fc
    .tuple(column, fc.array(literal, { minLength: 1, maxLength: 5 }))
    .map(([c, list]) => `${c} IN (${list.join(', ')})`),
  fc.tuple(column, literal, literal).map(([c, low, high]) => `${c} BETWEEN ${low} AND ${high}`),
  column.map((c) => `f(${c}, 2, 3) IS NOT NULL`),
);
const query = fc
  .tuple(
    blank,
    fc.array(fc.oneof(column, literal), { minLength: 1, maxLength: 4 }),
    fc.array(condition, { minLength: 1, maxLength: 3 }),
    fc.boolean(),
  )
  .map(([gap, columns, conditions, sorted]) =>
    [
      `SELECT${gap}${columns.join(',')}`,
      'FROM t',
      `WHERE${gap}${conditions.join(`${gap}AND${gap}`)}`,
      ...(sorted ? [`ORDER BY${gap}1, a LIMIT 10`] : []),
    ].join(gap),
  );
