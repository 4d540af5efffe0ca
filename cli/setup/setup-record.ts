import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { Fault } from '../../datasets/fault.ts';

/** What set-up did to this machine, so that `whetstone uninstall` takes back that and nothing else. */
export const SetupRecord = z.object({
  /** Debian packages that were not there before. */
  packages: z.array(z.string()).default([]),
  /** Set-up started this machine's dockerd by itself, without systemd; the log it writes. */
  dockerdLog: z.string().optional(),
});
export type SetupRecord = z.infer<typeof SetupRecord>;

function recordPath(folder: string): string {
  return path.join(folder, 'setup.json');
}

export async function readSetupRecord(folder: string): Promise<SetupRecord> {
  const file = recordPath(folder);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return SetupRecord.parse({});
    throw error;
  }
  try {
    return SetupRecord.parse(JSON.parse(text));
  } catch (cause) {
    throw new Fault('bad-setup-record', `${file} is not a record of set-up.`, {
      hint: 'Remove it; packages that set-up installed are then yours to remove.',
      cause,
    });
  }
}

/** Adds to the record, whole or not at all. */
export async function recordSetup(folder: string, added: Partial<SetupRecord>): Promise<void> {
  const before = await readSetupRecord(folder);
  const after: SetupRecord = {
    ...before,
    ...added,
    packages: [...new Set([...before.packages, ...(added.packages ?? [])])],
  };
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const scratch = `${recordPath(folder)}.${process.pid}`;
  await writeFile(scratch, `${JSON.stringify(after, null, 2)}\n`);
  await rename(scratch, recordPath(folder));
}

export async function forgetSetup(folder: string): Promise<void> {
  await rm(recordPath(folder), { force: true });
  // Where nothing else is left in it; datasets may be.
  await rmdir(folder).catch(() => {});
}
