import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../gate/statistics/median.ts';
import type { SqlClient } from '../target/sql-client.ts';

// CPU and a scan over rows made on the spot: it moves with the machine, never with the target's data.
const CALIBRATION_SQL =
  'SELECT count(*), sum(hashint8(i)::int8), max(md5(i::text)) FROM generate_series(1, 10000) AS g(i)';

const RUNS = { atFreeze: 40, now: 5 };

/** Looks at the machine now, and milliseconds between them: a burst of somebody else's work is shorter than all of them. */
const LOOKS = { count: 3, apartMs: 150 };

/** Milliseconds of one run of the calibration query on the host's clock. */
export async function calibrateOnce(sql: SqlClient): Promise<number> {
  const started = performance.now();
  await sql.query(CALIBRATION_SQL);
  return performance.now() - started;
}

/**
 * The calibration query at freeze, milliseconds: the fastest of several runs, which is the machine and not whatever
 * else ran at that moment. A case keeps it for ever.
 */
export async function calibrateForFreeze(sql: SqlClient): Promise<number> {
  return Math.min(...(await calibrationRuns(sql, RUNS.atFreeze)));
}

/**
 * The calibration query now, milliseconds: the median of several runs, because the trials that follow meet the same
 * neighbours. A busy machine so gets a longer objective in the measure in which it slows the fixed work down.
 */
export async function calibrateNow(sql: SqlClient): Promise<number> {
  const times: number[] = [];
  for (let look = 0; look < LOOKS.count; look++) {
    if (look > 0) await sleep(LOOKS.apartMs);
    times.push(...(await calibrationRuns(sql, RUNS.now)));
  }
  return median(times);
}

async function calibrationRuns(sql: SqlClient, runs: number): Promise<number[]> {
  await calibrateOnce(sql);
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push(await calibrateOnce(sql));
  return times;
}
