import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { bindParameters, prepareBinding } from './bind-parameters.ts';

beforeAll(prepareBinding);

const BASE =
  'SELECT f.id FROM flights AS f WHERE f.day >= $1::date AND f.day < $2 AND (f.origin = $3 OR f.destination = $3) LIMIT $4';

describe('bindParameters', () => {
  test('the extended protocol, numbered as in the base', () => {
    expect(bindParameters(BASE, BASE, ['2001-01-01', '2001-02-01', 'SEA', '10'])).toEqual([
      '2001-01-01',
      '2001-02-01',
      'SEA',
      '10',
    ]);
  });

  test('the extended protocol, numbered in another way', () => {
    const logged =
      'select id from flights where day >= $2 and day < $3 and (origin = $4 or destination = $5) limit $1';
    expect(bindParameters(BASE, logged, ['10', '2001-01-01', '2001-02-01', 'SEA', 'SEA'])).toEqual([
      '2001-01-01',
      '2001-02-01',
      'SEA',
      '10',
    ]);
  });

  test('literals that a driver wrote into the text', () => {
    const logged =
      "-- tile\nSELECT id FROM flights WHERE day >= date '2001-01-01' AND day < '2001-02-01' AND (origin = 'O''H' OR destination = 'O''H') LIMIT 10";
    expect(bindParameters(BASE, logged, undefined)).toEqual(['2001-01-01', '2001-02-01', "O'H", '10']);
  });

  test.each([
    ['select 1 from t where a = $1', 'select 1 from t where a = -5', ['-5']],
    ['select 1 from t where a = $1', 'select 1 from t where a = -1.50', ['-1.50']],
    ['select 1 from t where a = $1 and b', 'select 1 from t where a = false and b', ['false']],
    ['insert into t values ($1, $2)', "insert into t values (NULL, '')", [null, '']],
    ['select $1::int + 1', "select '7'::int + 1", ['7']],
    ['select a from t where b in ($1, $2)', 'select a from t where b in (1, 2)', ['1', '2']],
    ['select a from t where b > $1 and c = 0', 'select a from t where b > 1 and c = 0', ['1']],
    [
      'select date_trunc($1, a) from t group by 1',
      "select date_trunc('day', a) from t group by date_trunc('day', a)",
      ['day'],
    ],
  ])('%s ← %s', (base, logged, params) => {
    expect(bindParameters(base, logged, null)).toEqual(params);
  });

  test.each([
    ['another query', 'select a from t where b = $1', 'select a from t where c = 1', null],
    [
      'a fixed literal that differs',
      'select a from t where b = $1 limit 10',
      'select a from t where b = 1 limit 20',
      null,
    ],
    [
      'one parameter, two values',
      'select a from t where b = $1 or c = $1',
      'select a from t where b = 1 or c = 2',
      null,
    ],
    [
      'a list of another length',
      'select a from t where b in ($1, $2)',
      'select a from t where b in (1, 2, 3)',
      null,
    ],
    ['parameters that are not logged', 'select a from t where b = $1', 'select a from t where b = $1', null],
    ['another schema', 'select a from x.t where b = $1', 'select a from y.t where b = 1', null],
    ['no SQL', 'select a from t where b = $1', 'select a from t where b = (', null],
  ])('undefined for %s', (_, base, logged, params) => {
    expect(bindParameters(base, logged, params)).toBeUndefined();
  });

  test('gives back any text that is written as a literal', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('\0')),
        fc.integer({ min: -2147483647 }),
        (text, number) => {
          const logged = `select a from t where b = '${text.replaceAll("'", "''")}' and c > ${number}`;
          expect(bindParameters('select a from t where b = $1 and c > $2', logged, null)).toEqual([
            text,
            String(number),
          ]);
        },
      ),
    );
  });
});
