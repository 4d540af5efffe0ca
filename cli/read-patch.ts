import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '../datasets/fault.ts';

const MAX_PATCH_BYTES = 2 ** 20;

/** The text of a patch file, or of stdin for `-`; one that is missing, too large or binary is a Fault. */
export async function readPatchFile(named: string, cwd: string): Promise<string> {
  if (named === '-') return decode(await readStdin(), 'The patch on stdin');
  const file = path.resolve(cwd, named);
  if (!existsSync(file)) {
    throw new Fault('no-patch', `${file} does not exist.`, {
      hint: 'Write one with `git diff main > my.patch`.',
    });
  }
  const { size } = await stat(file);
  if (size > MAX_PATCH_BYTES) throw tooLarge(file);
  return decode(await readFile(file), file);
}

function decode(bytes: Buffer, name: string): string {
  if (!bytes.includes(0)) return bytes.toString('utf8');
  throw new Fault('bad-patch', `${name} is binary, not a git patch.`, {
    hint: 'Write it with `git diff main > my.patch`.',
  });
}

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_PATCH_BYTES) throw tooLarge('The patch on stdin');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const tooLarge = (name: string): Fault =>
  new Fault('patch-too-large', `${name} has more than ${MAX_PATCH_BYTES} bytes.`, {
    hint: 'Leave generated files and data out of the patch.',
  });
