import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { limits } from '../limits.ts';

/** By file: what this process noted last, epoch milliseconds. */
const noted = new Map<string, number>();

/**
 * Notes that an image, named by tag or id, is used now: the time of a file of its name, so that processes need not know of each
 * other and a killed one leaves nothing half-written. Without `keeping` nothing is noted.
 */
export async function noteUse(engine: Engine, image: string, now = Date.now()): Promise<void> {
  const folder = folderOf(engine);
  if (folder === undefined) return;
  const file = join(folder, encodeURIComponent(image));
  if (now - (noted.get(file) ?? 0) < limits.keeping.noteMs) return;
  noted.set(file, now);
  try {
    const last = await timeOf(file);
    if (last !== null && now - last < limits.keeping.noteMs) return;
    await mkdir(folder, { recursive: true });
    // An empty file that is written anew gets the time of now, whoever owns it.
    await writeFile(file, '');
  } catch {
    // A folder that cannot be written must not cost a sandbox: its images only count as older than they are.
  }
}

/** The last use that was noted under any of these names, epoch milliseconds; null for none. */
export async function lastUse(engine: Engine, names: readonly string[]): Promise<number | null> {
  const folder = folderOf(engine);
  if (folder === undefined) return null;
  const times = await Promise.all(names.map((name) => timeOf(join(folder, encodeURIComponent(name)))));
  return times.reduce((a, b) => (b === null || (a !== null && a > b) ? a : b), null);
}

/** Removes the notes on images that the engine has no more. */
export async function sweepUses(engine: Engine): Promise<void> {
  const folder = folderOf(engine);
  if (folder === undefined) return;
  const files = await readdir(folder).catch(() => []);
  const images = await engine.docker.listImages({ all: true });
  const names = new Set(
    images.flatMap(({ Id, RepoTags }) => [Id, ...(RepoTags ?? [])].map(encodeURIComponent)),
  );
  const gone = files.filter((file) => !names.has(file));
  await Promise.all(gone.map((file) => rm(join(folder, file), { force: true })));
}

const folderOf = ({ keeping, id }: Engine): string | undefined =>
  keeping && join(keeping.usageFolder, encodeURIComponent(id));

async function timeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return null;
  }
}
