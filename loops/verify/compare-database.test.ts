import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changedDefinitions, compareDatabases } from './compare-database.ts';
import { openTwoDatabases, type TwoDatabases } from './testing/target-database.ts';

let databases: TwoDatabases;
beforeAll(async () => {
  databases = await openTwoDatabases(`
    CREATE TABLE seats (id int PRIMARY KEY, row_name text NOT NULL, price numeric);
    CREATE VIEW cheap AS SELECT * FROM seats WHERE price < 10;
    CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2 * n';
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  `);
});
afterAll(() => databases[Symbol.asyncDispose]());

/** What comes of a migration of the candidate, which is taken back. */
async function after<T>(migration: string, look: (databases: TwoDatabases) => Promise<T>): Promise<T> {
  await databases.candidate.run(`BEGIN; ${migration}`);
  try {
    return await look(databases);
  } finally {
    await databases.candidate.run('ROLLBACK');
  }
}

const differences = (migration: string) =>
  after(migration, async ({ base, candidate }) =>
    (await compareDatabases(base, candidate))
      // Of two servers, places are settings that differ.
      .filter(({ what }) => what === 'schema')
      .map(({ name }) => name),
  );
const definitions = (migration: string) =>
  after(migration, ({ base, candidate }) => changedDefinitions(base, candidate));

describe('differences of two databases', () => {
  test.each([
    ['CREATE INDEX ON seats (price)'],
    ['CREATE TABLE best AS SELECT * FROM seats'],
    ['CREATE MATERIALIZED VIEW best AS SELECT * FROM seats'],
    ['CREATE FUNCTION thrice(n int) RETURNS int LANGUAGE sql AS $$SELECT 3 * n$$'],
    ['CREATE EXTENSION citext'],
    ['CREATE TRIGGER kept AFTER INSERT ON seats FOR EACH ROW EXECUTE FUNCTION note()'],
  ])("a candidate's right: %s", async (migration) => {
    expect(await differences(migration)).toEqual([]);
  });

  test.each([
    ['ALTER TABLE seats ALTER COLUMN row_name DROP NOT NULL', 'column public.seats.row_name'],
    ['ALTER TABLE seats ADD COLUMN note text', 'column public.seats.note'],
    ['ALTER TABLE seats ADD CHECK (price >= 0)', 'constraint public.seats.seats_price_check'],
    ['ALTER TABLE seats SET UNLOGGED', 'table public.seats'],
    ['CREATE SCHEMA sandbox; CREATE TABLE sandbox.seats AS TABLE public.seats', 'relation seats'],
    ['CREATE SCHEMA sandbox; CREATE VIEW sandbox.seats AS TABLE public.seats', 'relation seats'],
    ['CREATE VIEW pg_class AS SELECT 1 AS one', 'relation pg_class'],
    ['CREATE FUNCTION twice(n bigint) RETURNS int LANGUAGE sql AS $$SELECT 4$$', 'function twice'],
    ['CREATE FUNCTION round(n numeric) RETURNS numeric LANGUAGE sql AS $$SELECT n$$', 'function round'],
    [
      'CREATE FUNCTION lower_price(a int, b text) RETURNS bool LANGUAGE sql AS $$SELECT true$$; CREATE OPERATOR < (leftarg = int, rightarg = text, function = lower_price)',
      'operator <',
    ],
  ])('not: %s', async (migration, difference) => {
    expect(await differences(migration)).toEqual([difference]);
  });
});

describe('what other queries may run through', () => {
  test.each([
    ['CREATE OR REPLACE VIEW cheap AS SELECT * FROM seats WHERE price < 9', ['view public.cheap'], []],
    ['DROP VIEW cheap; CREATE MATERIALIZED VIEW cheap AS SELECT * FROM seats', ['view public.cheap'], []],
    [
      'CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS $$SELECT n + n$$',
      ['function twice(integer)'],
      [],
    ],
    ['CREATE TRIGGER kept AFTER INSERT ON seats FOR EACH ROW EXECUTE FUNCTION note()', [], ['public.seats']],
    ['CREATE VIEW dear AS SELECT * FROM seats WHERE price > 9', [], []],
    ['CREATE INDEX ON seats (price)', [], []],
  ])('%s', async (migration, changed, triggered) => {
    expect(await definitions(migration)).toEqual({ definitions: changed, triggered });
  });
});
