import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../sandboxes/engine/engine.ts';
import { containersOf, testEngine, until } from '../../sandboxes/test-engine.ts';
import { ArmPool } from './arm-pool.ts';
import type { TargetConfig } from './config.ts';

let engine: Engine;
let image: string;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
});

afterAll(async () => {
  expect(await containersOf(engine)).toEqual([]);
});

const makePool = ({ signal } = new AbortController()) =>
  new ArmPool({ commands: { serve: ['cat'] } } as unknown as TargetConfig, {
    purpose: 'arm pool test',
    signal,
  });

test('an arm is handed on with a session as new, and two at a time are two', async () => {
  await using pool = makePool();
  const first = await pool.lend(engine, image, async (arm) => {
    await arm.sql.run("SET work_mem = '9MB'");
    await arm.sql.run('PREPARE left_over AS SELECT 1');
    await arm.sql.run('BEGIN');
    return arm.sandbox.id;
  });
  const [second, third] = await Promise.all([
    pool.lend(engine, image, async ({ sandbox, sql }) => {
      const { rows } = await sql.query(
        "SELECT current_setting('work_mem'), (SELECT count(*) FROM pg_prepared_statements)",
      );
      await sql.run('VACUUM pg_class'); // Refused inside a transaction.
      expect(rows).toEqual([['4MB', '0']]);
      return sandbox.id;
    }),
    pool.lend(engine, image, async ({ sandbox }) => sandbox.id),
  ]);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

test('an arm on which the use failed, or that died while it was idle, is not handed on', async () => {
  await using pool = makePool();
  let first = '';
  const failing = pool.lend(engine, image, async ({ sandbox }) => {
    first = sandbox.id;
    throw new Error('the use failed');
  });
  await expect(failing).rejects.toThrow('the use failed');
  const second = await pool.lend(engine, image, async ({ sandbox }) => sandbox.id);
  expect(second).not.toBe(first);
  await engine.docker.getContainer(second).kill();
  const third = await pool.lend(engine, image, async ({ sandbox, sql }) => {
    await sql.run('SELECT 1');
    return sandbox.id;
  });
  expect(third).not.toBe(second);
});

test('an interruption removes what is idle, and what is handed back later', async () => {
  const interruption = new AbortController();
  const pool = makePool(interruption);
  await pool.lend(engine, image, async () => {
    await pool.lend(engine, image, async () => {});
    expect(await containersOf(engine)).toHaveLength(2);
    interruption.abort();
    await until(async () => (await containersOf(engine)).length === 1, 5_000);
  });
  expect(await containersOf(engine)).toEqual([]);
});
