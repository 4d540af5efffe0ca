import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Arm } from '../target/arm.ts';
import type { SqlClient } from '../target/sql-client.ts';
import type { GuardQuery } from './check-guard.ts';
import { compareAfterWrites } from './compare-after-writes.ts';
import { openTwoDatabases, type TwoDatabases } from './testing/target-database.ts';

const TABLES = `
  RESET ALL;
  DROP SCHEMA public CASCADE;
  CREATE SCHEMA public;
  CREATE TABLE halls (id int PRIMARY KEY, name text NOT NULL);
  CREATE TABLE shows (id int PRIMARY KEY, hall int NOT NULL REFERENCES halls, seats int NOT NULL);
  INSERT INTO halls SELECT i, 'hall ' || i FROM generate_series(1, 9) i;
  INSERT INTO shows SELECT i, i % 9 + 1, i % 50 FROM generate_series(1, 500) i;
  CREATE TABLE shows_copy AS TABLE shows;
  CREATE VIEW open_shows AS TABLE shows;
  ANALYZE;
`;

let databases: TwoDatabases;
beforeAll(async () => {
  databases = await openTwoDatabases('');
});
beforeEach(() => Promise.all([databases.base.run(TABLES), databases.candidate.run(TABLES)]));
afterAll(() => databases[Symbol.asyncDispose]());

const guard: GuardQuery = {
  query: 'seats-by-hall',
  sql: 'SELECT hall, sum(seats) AS seats FROM shows WHERE hall = $1 GROUP BY hall',
  ordered: false,
  params: [['3'], ['4']],
};

/** An arm that answers with this text, whatever the query's own is. */
const arm = (sql: SqlClient, text: string) =>
  ({
    sql,
    ask: async (_: string, params: string[]) => ({
      outcome: 'answered',
      ms: 1,
      result: await sql.query(text, params),
    }),
    command: async ([statement = '']: string[]) => {
      await sql.run(statement);
      return { exitCode: 0 };
    },
  }) as unknown as Arm;

const compare = (
  text: string,
  {
    query = guard,
    refresh,
    stalenessS = 0,
    sameDatabase = true,
  }: { query?: GuardQuery; refresh?: string[]; stalenessS?: number; sameDatabase?: boolean } = {},
) =>
  compareAfterWrites(
    query,
    {
      base: arm(databases.base, query.sql),
      candidate: arm(databases.candidate, text),
      refresh,
      signal: new AbortController().signal,
    },
    { stalenessS, sameDatabase },
  );

const fromCopy = guard.sql.replace('shows', 'shows_copy');

test('the tables themselves are as current as they can be', async () => {
  expect(await compare(guard.sql)).toEqual({ afterWrites: 'equal', detail: '' });
  expect(await compare(guard.sql.replace('hall,', 'hall + 0 AS hall,'))).toMatchObject({
    afterWrites: 'equal',
  });
});

test('a copy that nobody brings up to date is told by its rows', async () => {
  const found = await compare(fromCopy);
  expect(found.afterWrites).toBe('other');
  expect(found.detail).not.toBe('');
});

test('a copy that the refresh brings up to date may lag where the target says so, and nowhere else', async () => {
  const refresh = ['TRUNCATE shows_copy; INSERT INTO shows_copy TABLE shows'];
  expect(await compare(fromCopy, { refresh })).toMatchObject({ afterWrites: 'other' });
  expect(await compare(fromCopy, { refresh, stalenessS: 60 })).toMatchObject({ afterWrites: 'equal' });
});

test('a trigger that loses writes is told by what they change', async () => {
  await databases.candidate.run(`
    CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER lose BEFORE INSERT OR UPDATE OR DELETE ON shows FOR EACH ROW EXECUTE FUNCTION lose();
  `);
  expect(await compare(guard.sql, { sameDatabase: false })).toMatchObject({ afterWrites: 'other' });
});

test('a write that the candidate refuses is one that its users miss', async () => {
  await databases.candidate.run('ALTER TABLE shows ADD CHECK (id < 501)');
  const { afterWrites, detail } = await compare(guard.sql);
  expect(afterWrites).toBe('other');
  expect(detail).toMatch(/refused a write that the base takes/);
});

test('which of rows of one rank come is nobody’s fault, but only where the databases are alike', async () => {
  const query = { ...guard, sql: 'SELECT id FROM shows WHERE hall = $1 ORDER BY hall LIMIT 3' };
  const other = query.sql.replace('ORDER BY hall', 'ORDER BY hall, id DESC');
  await databases.candidate.run('CREATE INDEX ON shows (hall, id DESC); SET enable_seqscan = off');
  expect(await compare(other, { query })).toMatchObject({ afterWrites: 'unshown' });
  expect(await compare(other, { query, sameDatabase: false })).toMatchObject({ afterWrites: 'other' });
});

test('nor where an index of the base itself would bring others', async () => {
  const query = { ...guard, sql: 'SELECT id FROM shows WHERE hall = $1 ORDER BY hall LIMIT 3' };
  for (const sql of [databases.base, databases.candidate])
    await sql.run('CREATE INDEX ON shows (hall, id DESC); SET enable_seqscan = off; SET enable_sort = off');
  const ascending = query.sql.replace('ORDER BY hall', 'ORDER BY hall, id');
  expect(await compare(ascending, { query })).toMatchObject({ afterWrites: 'unshown' });
});

test('a base SQL that fails on the candidate does not excuse its rows', async () => {
  const query = { ...guard, sql: guard.sql.replace('shows', 'open_shows') };
  const broken = 'SELECT id, hall, seats / (id - id) AS seats FROM shows';
  await databases.candidate.run(`CREATE OR REPLACE VIEW open_shows AS ${broken}`);
  const { afterWrites, detail } = await compare(fromCopy, { query });
  expect(afterWrites).toBe('other');
  expect(detail).not.toMatch(/refused/);
});

test('the order of rows of one rank is no matter', async () => {
  const query = { ...guard, ordered: true, sql: 'SELECT id FROM shows WHERE hall = $1 ORDER BY seats' };
  expect(await compare(`${query.sql}, id DESC`, { query })).toMatchObject({ afterWrites: 'equal' });
});

test('an answer that no write changes shows nothing', async () => {
  const query = { ...guard, sql: 'SELECT 1 AS one WHERE $1 <> $1 OR true', params: [['3']] };
  expect(await compare(query.sql, { query })).toMatchObject({ afterWrites: 'unshown' });
});
