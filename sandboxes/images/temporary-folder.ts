import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { isGone, thisController } from '../containers/labels.ts';

const prefix = 'whetstone-tmp-';

/** A folder of this process, gone with its disposal; what a killed process left is swept by `sweepTemporaryFolders`. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  await sweepTemporaryFolders();
  const path = await mkdtemp(join(tmpdir(), `${prefix}${thisController().replaceAll('/', '_')}_`));
  return { path, [Symbol.asyncDispose]: () => removeFolder(path) };
}

/** Removes the temporary folders of dead processes. */
export async function sweepTemporaryFolders(): Promise<void> {
  for (const folder of await abandonedFolders()) await removeFolder(folder);
}

/** Paths of the temporary folders of dead processes. */
export async function abandonedFolders(): Promise<string[]> {
  return (await readdir(tmpdir()))
    .filter((name) => {
      const [machine, pid, started] = name.slice(prefix.length).split('_');
      return name.startsWith(prefix) && isGone(`${machine}/${pid}/${started}`);
    })
    .map((name) => join(tmpdir(), name));
}

// A system that is being made below it mounts things of the host there: these must not be gone into.
async function removeFolder(path: string): Promise<void> {
  await execa('rm', ['-rf', '--one-file-system', '--', path]);
}
