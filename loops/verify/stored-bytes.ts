import type { Arm } from '../target/arm.ts';
import { stepFault } from '../target/step-fault.ts';

const FILES = 'du -sbc -- "$STORE_DIR" /target | tail -n 1 | cut -f 1';

/**
 * Bytes that an arm keeps: its databases, its store and its repository. Read from the arm itself, because the layers of
 * its image also hold whatever files PostgreSQL opened for writing, changed or not.
 */
export async function storedBytes(arm: Arm, signal: AbortSignal): Promise<number> {
  const [row] = await arm.sql.objects<{ bytes: string }>(
    'SELECT sum(pg_database_size(oid))::text AS bytes FROM pg_database WHERE datallowconn',
  );
  const files = await arm.command(['sh', '-c', FILES], 30_000, signal);
  const bytes = Number(row?.bytes) + Number(files.stdout);
  if (files.exitCode !== 0 || !Number.isFinite(bytes))
    throw stepFault('sandbox-step-failed', `The size of an arm could not be read: ${files.stderr}`);
  return bytes;
}
