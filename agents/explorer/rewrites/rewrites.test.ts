import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import type { Catalog } from '../plan.ts';
import { analyseQuery } from '../query.ts';
import { proposeRewrites, rewrites } from './index.ts';
import type { Proposal } from './rewrite.ts';
import { randomQuery } from './testing/random-query.ts';
import { rewriteCases } from './testing/rewrite-cases.ts';
import { expectSameRows, type ParameterSet } from './testing/same-rows.ts';
import { fillNames, makeTestSchema, readTestCatalog } from './testing/test-schema.ts';

const seeds = [
  { seed: 11, rows: 600 },
  { seed: 12, rows: 1 },
  { seed: 13, rows: 0 },
];

interface World {
  client: pg.Client;
  catalog: Catalog;
  names: Record<string, string>;
}

let postgres: TestPostgres;
const worlds: World[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  for (const { seed, rows } of seeds) {
    const client = await postgres.connect();
    const schema = makeTestSchema(seed, rows);
    for (const statement of schema.ddl) await client.query(statement);
    await client.query(`SET search_path = ${schema.names['schema']}`);
    const catalog = await readTestCatalog(client, schema.names['schema'] ?? '', 1000);
    worlds.push({ client, catalog, names: schema.names });
  }
});

afterAll(async () => {
  for (const world of worlds) await world.client.end();
  await postgres[Symbol.asyncDispose]();
});

async function checkProposals(
  world: World,
  sql: string,
  params: readonly ParameterSet[],
  proposals: readonly Proposal[],
  ordered: boolean,
): Promise<void> {
  for (const proposal of proposals) {
    await world.client.query('BEGIN');
    try {
      for (const statement of [...proposal.ddl, ...proposal.refresh]) await world.client.query(statement);
      for (const set of params) await expectSameRows(world.client, sql, proposal, set, ordered);
    } finally {
      await world.client.query('ROLLBACK');
    }
  }
}

describe('each rewrite, on queries that people write', () => {
  test.each(rewriteCases)('$rewrite: $sql', async ({ rewrite, sql, params, ordered }) => {
    const found = rewrites.find((candidate) => candidate.name === rewrite);
    expect(found).toBeDefined();
    for (const [i, world] of worlds.entries()) {
      const text = fillNames(sql, world.names);
      const query = await analyseQuery(text, world.catalog);
      const proposals = found?.propose(query, world.catalog) ?? [];
      if (i === 0) expect(proposals.length, text).toBeGreaterThan(0);
      await checkProposals(world, text, params, proposals, ordered);
    }
  });

  test('every rewrite has a query that triggers it', () => {
    expect(new Set(rewriteCases.map((entry) => entry.rewrite))).toEqual(
      new Set(rewrites.map((rewrite) => rewrite.name)),
    );
  });
});

describe('combinations of rewrites', () => {
  test.each(rewriteCases)('$sql', async ({ sql, params, ordered }) => {
    for (const world of worlds.slice(0, 1)) {
      const text = fillNames(sql, world.names);
      const query = await analyseQuery(text, world.catalog);
      const proposals = proposeRewrites(query, world.catalog);
      expect(proposals.length).toBeLessThanOrEqual(24);
      await checkProposals(world, text, params, proposals, ordered);
    }
  });
});

test('any proposal for any query gives the query\u2019s rows', async () => {
  let proposed = 0;
  await fc.assert(
    fc.asyncProperty(randomQuery, fc.nat(1), async ({ sql, params, ordered }, which) => {
      const world = worlds[which];
      if (!world) return;
      const text = fillNames(sql, world.names);
      const query = await analyseQuery(text, world.catalog);
      const proposals = proposeRewrites(query, world.catalog);
      proposed += proposals.length;
      await checkProposals(world, text, params, proposals, ordered);
    }),
    {
      numRuns: 60,
      seed: 1,
    },
  );
  expect(proposed).toBeGreaterThan(60);
}, 120_000);
