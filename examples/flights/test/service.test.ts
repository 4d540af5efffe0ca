import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { compiled, createDatabase, type TestDatabase } from './database.ts';

let database: TestDatabase;

before(async () => {
  database = await createDatabase();
});
after(() => database[Symbol.asyncDispose]());

interface Reply {
  id: unknown;
  error?: string;
  types?: string[];
  rows?: unknown[][];
}

/** What `serve` prints for these lines, and that it ends by itself. */
async function serve(lines: string[]): Promise<Reply[]> {
  const child = spawn(process.execPath, [compiled('src/serve.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const output = text(child.stdout);
  const exit = once(child, 'exit');
  child.stdin.end(`${lines.join('\n')}\n`);
  assert.deepEqual(await exit, [0, null]);
  return (await output)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Reply);
}

test('serve answers in the order of arrival, mistakes too', async () => {
  const replies = await serve([
    '{"id":1,"query":"flight-by-id","params":["3"]}',
    '{"id":"two","query":"no-such-query","params":[]}',
    'not json',
    '{"id":4,"query":"flight-by-id","params":["three"]}',
    '{"id":5,"query":"../package","params":[]}',
    '{"id":6,"query":"airport-by-code","params":[null]}',
  ]);
  assert.deepEqual(
    replies.map((reply) => reply.id),
    [1, 'two', null, 4, 5, 6],
  );
  assert.deepEqual(replies[0]?.rows?.[0]?.[0], '3');
  assert.deepEqual(replies[0]?.types?.slice(0, 3), ['int4', 'text', 'text']);
  assert.match(replies[1]?.error ?? '', /no-such-query/);
  assert.match(replies[3]?.error ?? '', /invalid input syntax/);
  assert.match(replies[4]?.error ?? '', /not a query's name/);
  assert.deepEqual(replies[5]?.rows, []);
});

test('what the feed brings in shows after a refresh', async () => {
  const counted = '{"id":1,"query":"carrier-summary","params":["2000-01-01","2002-01-01"]}';
  await database.runProgram('src/ingest.ts', '2', '0');
  await database.runProgram('src/refresh.ts');
  const [reply] = await serve([counted]);
  const total = (reply?.rows ?? []).reduce((sum, row) => sum + Number(row[1]), 0);
  assert.equal(total, database.flights.length + 40);
  const { rows } = await database.sql('SELECT count(DISTINCT flight_ref) = count(*) AS unique FROM flights');
  assert.deepEqual(rows, [{ unique: true }]);
});

test('migrating twice changes nothing', async () => {
  const applied = () => database.sql('SELECT name, applied_at FROM schema_migrations ORDER BY name');
  const { rows } = await applied();
  await database.runProgram('src/migrate.ts');
  assert.deepEqual((await applied()).rows, rows);
  assert.equal(rows[0]?.name, '0001_schema.sql');
});
