import type { Subject } from '../plan.ts';

/** A test for a moved query: on the database that PGHOST names, the module gives the rows of the SQL it replaced. */
export function moduleTest({ subject, engine }: { subject: Subject; engine: string }): {
  path: string;
  source: string;
} {
  const { query, sql, params, ordered } = subject;
  const source = `// ${query} answers from ${engine}: its rows must be those that PostgreSQL gives, also after a refresh.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { build, refresh, run } from '../queries/${query}.ts';

const SQL = ${JSON.stringify(sql)};
const PARAMS: (string | null)[][] = ${JSON.stringify(params)};

/** Numbers at ten significant digits: the engines round the last ones differently. */
function comparable(rows: unknown[][]): string[] {
  const value = (cell: unknown) => (cell !== null && cell !== '' && Number.isFinite(Number(cell)) ? Number(Number(cell).toPrecision(10)) : cell);
  const lines = rows.map((row) => JSON.stringify(row.map((cell) => value(cell === 't' ? true : cell === 'f' ? false : cell))));
  return ${ordered ? 'lines' : 'lines.sort()'};
}

test('${query} gives the rows of PostgreSQL', async () => {
  const storeDir = await mkdtemp(join(tmpdir(), 'store-'));
  const connect = async () => {
    const client = new pg.Client({ types: { getTypeParser: () => (text: string) => text } });
    await client.connect();
    return client;
  };
  const client = await connect();
  try {
    await build({ connect, storeDir });
    for (const step of ['built', 'refreshed']) {
      for (const params of PARAMS) {
        const expected = await client.query<unknown[]>({ text: SQL, values: params, rowMode: 'array' });
        const { rows } = await run(params, { connect, storeDir });
        assert.deepEqual(comparable(rows), comparable(expected.rows), step);
      }
      await refresh({ connect, storeDir });
    }
  } finally {
    await client.end();
    await rm(storeDir, { recursive: true });
  }
});
`;
  return { path: `test/${query}-${engine}.test.ts`, source };
}
