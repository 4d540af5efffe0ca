import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../datasets/fault.ts';
import { stopPostmaster } from './postmaster.ts';
import { STATE_MARKER } from './state-directory.ts';

/**
 * Stops the database server and removes the state directory; false when there is none. Asks nobody: the caller does.
 * Throws Fault `state-not-ours` for a directory that Whetstone did not make.
 */
export async function destroyState(stateDirectory: string): Promise<boolean> {
  const entries = await readdir(stateDirectory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (entries === undefined) return false;
  if (!entries.includes(STATE_MARKER)) {
    throw new Fault(
      'state-not-ours',
      `${stateDirectory} is not a state directory: it lacks ${STATE_MARKER}.`,
      {
        hint: 'Name the directory that --state or WHETSTONE_HOME named when it was made.',
      },
    );
  }
  await stopPostmaster(join(stateDirectory, 'postgres/data'));
  // The marker goes last, so that an interrupted removal can be taken up again.
  for (const name of entries)
    if (name !== STATE_MARKER) await rm(join(stateDirectory, name), { recursive: true, force: true });
  await rm(stateDirectory, { recursive: true, force: true });
  return true;
}
