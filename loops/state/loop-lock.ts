import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../datasets/fault.ts';
import { connectClient } from './database.ts';

/** A process that was just killed keeps its session for a moment. */
const WAIT_MS = 2_000;
const LOCK_CLASS = 7_239_003;

/**
 * Makes this process the only one that runs the target's loop. The lock belongs to a database session, so it ends with
 * the process however that ends. Throws Fault `loop-running`, which names the holder, where another one has it.
 */
export async function holdLoopLock({
  databaseUrl,
  target,
}: {
  databaseUrl: string;
  target: string;
}): Promise<AsyncDisposable> {
  const client = await connectClient(databaseUrl, `whetstone loop pid ${process.pid}`);
  const key = [LOCK_CLASS, target];
  const deadline = Date.now() + WAIT_MS;
  try {
    for (;;) {
      const { rows } = await client.query<{ got: boolean }>(
        'select pg_try_advisory_lock($1, hashtext($2)) as got',
        key,
      );
      if (rows[0]?.got === true) return { [Symbol.asyncDispose]: () => client.end() };
      if (Date.now() > deadline) break;
      await sleep(50);
    }
    const { rows } = await client.query<{ holder: string }>(
      `select application_name as holder from pg_locks join pg_stat_activity using (pid)
       where locktype = 'advisory' and granted and classid = $1 and objid = hashtext($2)::bigint & 4294967295`,
      key,
    );
    throw runningFault(target, rows[0]?.holder ?? '');
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

function runningFault(target: string, holder: string): Fault {
  const pid = /pid (\d+)/.exec(holder)?.[1];
  return new Fault(
    'loop-running',
    `Another loop is at work on ${target}${pid === undefined ? '' : ` (process ${pid})`}, and two would undo each other's work.`,
    {
      kind: 'input',
      hint:
        pid === undefined
          ? 'Wait until it has ended.'
          : `Wait until it has ended, or stop it: kill -INT ${pid}`,
    },
  );
}
