import { chmod, mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { Fault } from '../../datasets/fault.ts';

/** Written first into a directory of ours; nothing without it is ever removed. */
export const STATE_MARKER = '.whetstone-state';

/** A new cluster takes 40 MB; write-ahead log, artefacts and logs follow. */
const LEAST_FREE_BYTES = 256 * 2 ** 20;

export interface StateDirectoryOptions {
  /** What `--state` said. */
  state?: string;
  env: Record<string, string | undefined>;
  /** The target's name. */
  target: string;
  isRoot: boolean;
  home: string;
}

/** Where state lives: `--state`, WHETSTONE_HOME, for root `/var/lib/whetstone/<target>`, else below XDG_STATE_HOME. */
export function stateDirectoryPath({ state, env, target, isRoot, home }: StateDirectoryOptions): string {
  const chosen = state || env['WHETSTONE_HOME'];
  if (chosen) return resolve(chosen);
  if (isRoot) return join('/var/lib/whetstone', target);
  const xdg = env['XDG_STATE_HOME'];
  // The XDG base directory specification: a relative path is to be ignored.
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, '.local/state'), 'whetstone', target);
}

/**
 * Makes the state directory, or finds the one that is there, and returns its absolute path.
 *
 * Throws Fault `state-not-writable`, `state-not-ours` (a folder that holds other things) or `state-full`.
 */
export async function stateDirectory(options: StateDirectoryOptions): Promise<string> {
  const path = stateDirectoryPath(options);
  try {
    const first = await mkdir(path, { recursive: true, mode: options.isRoot ? 0o755 : 0o700 });
    // A strict umask must not shut out the user that the database runs as.
    if (first !== undefined && options.isRoot) await openToOthers(first, path);
    if (!(await readdir(path)).includes(STATE_MARKER)) await claim(path, options.target);
    const probe = join(path, `.probe-${process.pid}`);
    await writeFile(probe, 'x'.repeat(4096));
    await rm(probe);
  } catch (cause) {
    throw cause instanceof Fault ? cause : directoryFault(path, cause);
  }
  const { bavail, bsize } = await statfs(path);
  if (bavail * bsize < LEAST_FREE_BYTES) throw fullFault(path, bavail * bsize);
  return path;
}

async function claim(path: string, target: string): Promise<void> {
  const entries = await readdir(path);
  // Another process may have claimed it since.
  if (entries.includes(STATE_MARKER)) return;
  if (entries.length > 0) {
    throw new Fault(
      'state-not-ours',
      `The state directory ${path} holds other things (${entries[0]}), and Whetstone did not make it.`,
      {
        hint: 'Name an empty or new directory: --state DIR or WHETSTONE_HOME=DIR.',
      },
    );
  }
  await writeFile(join(path, STATE_MARKER), `${JSON.stringify({ target })}\n`);
}

async function openToOthers(first: string, path: string): Promise<void> {
  const below = path.slice(first.length).split('/').filter(Boolean);
  let current = first;
  await chmod(current, 0o755);
  for (const name of below) {
    current = join(current, name);
    await chmod(current, 0o755);
  }
}

function directoryFault(path: string, cause: unknown): Fault {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return fullFault(path, 0, cause);
  return new Fault(
    'state-not-writable',
    `The state directory ${path} cannot be made or written: ${reason(code, cause)}.`,
    {
      hint: 'Name one that you may write: --state DIR or WHETSTONE_HOME=DIR.',
      cause,
    },
  );
}

function reason(code: string | undefined, cause: unknown): string {
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'EROFS') return 'the file system is read-only';
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'a file stands in its place';
  return cause instanceof Error ? cause.message : String(cause);
}

export function fullFault(path: string, freeBytes: number, cause?: unknown): Fault {
  return new Fault(
    'state-full',
    `The disk under the state directory ${path} is full: ${Math.floor(freeBytes / 2 ** 20)} MB are free, ${LEAST_FREE_BYTES / 2 ** 20} MB are needed.`,
    {
      kind: 'infrastructure',
      hint: 'Free some space (`docker system df` shows what images take), or name another place: --state DIR.',
      cause,
    },
  );
}
