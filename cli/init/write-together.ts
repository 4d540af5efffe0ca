import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes all files or none: each beside its place first, then by renames; what was there comes back where one fails.
 * Folders that it made are removed again. `files` are absolute paths with their text.
 */
export async function writeTogether(files: ReadonlyMap<string, string>): Promise<void> {
  const drafts = [...files.keys()].map((file) => ({ file, draft: `${file}.draft-${process.pid}` }));
  const made: string[] = [];
  const replaced = new Map<string, Buffer | undefined>();
  try {
    for (const { file, draft } of drafts) {
      const first = await mkdir(path.dirname(file), { recursive: true });
      if (first !== undefined) made.push(first);
      await writeFile(draft, files.get(file) ?? '');
    }
    for (const { file, draft } of drafts) {
      const before = existsSync(file) ? await readFile(file) : undefined;
      await rename(draft, file);
      replaced.set(file, before);
    }
  } catch (error) {
    for (const { draft } of drafts) await rm(draft, { force: true });
    for (const [file, before] of replaced) {
      if (before === undefined) await rm(file, { force: true });
      else await writeFile(file, before);
    }
    for (const folder of made) await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
