import { statfs } from 'node:fs/promises';
import type { Engine } from '../engine/engine.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { keepWithinBudget } from './prune-images.ts';

/**
 * Looks at the disk before an image is made: where `neededBytes` and a reserve are not free, images over the budget go
 * first, and where that is not enough the fault is `disk-nearly-full`, before anything was written. An engine on another
 * machine shows its disk to nobody: there, a full one is told when it is full.
 */
export async function ensureSpace(
  engine: Engine,
  { neededBytes, what, progress }: { neededBytes: number; what: string; progress: (line: string) => void },
): Promise<void> {
  const folder = engine.dataFolder;
  if (folder === undefined) return;
  if ((await lackingBytes(folder, neededBytes)) === undefined) return;
  await keepWithinBudget(engine, progress);
  const lacking = await lackingBytes(folder, neededBytes);
  if (lacking === undefined) return;
  const [free, needed, reserve] = [lacking.freeBytes, neededBytes, lacking.reserveBytes].map(megabytes);
  throw new SandboxFault(
    'disk-nearly-full',
    `The disk is nearly full: ${free} are free at ${folder}, where the engine keeps its data, and ${what} needs ${needed} beside a reserve of ${reserve}.`,
    {
      hint: `Free some space there (\`df -h ${folder}\`): \`whetstone images prune --all\` removes the images that nothing uses, \`docker system df\` shows what else there is. Then run the command again; nothing was written.`,
    },
  );
}

/** What is free and what must stay so, when that is not enough. */
async function lackingBytes(
  folder: string,
  neededBytes: number,
): Promise<{ freeBytes: number; reserveBytes: number } | undefined> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const reserveBytes = Math.min(limits.keeping.reserveBytes, blocks * bsize * limits.keeping.reserveShare);
  return freeBytes < neededBytes + reserveBytes ? { freeBytes, reserveBytes } : undefined;
}

const megabytes = (bytes: number): string => `${Math.floor(bytes / 2 ** 20)} MB`;
