import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '../../datasets/fault.ts';
import { destroyState } from '../../loops/state/destroy-state.ts';
import { stopPostmaster } from '../../loops/state/postmaster.ts';
import { STATE_MARKER } from '../../loops/state/state-directory.ts';

/** The state directories to take back: the one that was chosen, else all that lie below the machine's folder. */
export async function findStates(chosen: string | undefined, machineFolder: string): Promise<string[]> {
  if (chosen !== undefined) {
    if (!existsSync(chosen)) return [];
    if (isState(chosen)) return [chosen];
    throw new Fault(
      'state-not-ours',
      `${chosen} is not a state directory: it lacks ${STATE_MARKER}. Nothing was removed.`,
      {
        hint: 'Name the directory that --state or WHETSTONE_HOME named when it was made.',
      },
    );
  }
  if (!existsSync(machineFolder)) return [];
  const names = await readdir(machineFolder);
  return names.map((name) => path.join(machineFolder, name)).filter(isState);
}

/** Removes a state directory but for these datasets in it, their folders, and then the marker that makes it ours. */
export async function removeState(state: string, datasets: readonly string[]): Promise<void> {
  const kept = datasets.filter((one) => one.startsWith(`${state}/`));
  if (kept.length === 0) {
    await destroyState(state);
    return;
  }
  await stopPostmaster(path.join(state, 'postgres/data'));
  await removeExcept(state, [...kept, path.join(state, STATE_MARKER)]);
}

async function removeExcept(folder: string, kept: readonly string[]): Promise<void> {
  if (kept.includes(folder)) return;
  if (!kept.some((one) => one.startsWith(`${folder}/`))) {
    await rm(folder, { recursive: true, force: true });
    return;
  }
  for (const name of await readdir(folder)) await removeExcept(path.join(folder, name), kept);
}

function isState(folder: string): boolean {
  return existsSync(path.join(folder, STATE_MARKER));
}
