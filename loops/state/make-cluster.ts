import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { Fault } from '../../datasets/fault.ts';
import type { Identity } from './database-user.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { fullFault } from './state-directory.ts';

/** Makes the cluster beside its place and renames it, so that a kill leaves no half of one. */
export async function makeCluster(context: {
  home: string;
  data: string;
  binaries: PostgresBinaries;
  identity: Identity | undefined;
  progress: (message: string) => void;
}): Promise<void> {
  const { home, data, binaries, identity, progress } = context;
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version !== undefined) return assertVersion(version.trim(), binaries.major, data);
  progress('making the state database');
  const temporary = `${data}.tmp-${process.pid}`;
  await rm(temporary, { recursive: true, force: true });
  // Trust is safe: the socket lies in a folder that only this user (and root) can enter, and there is no TCP.
  const access = ['--username=whetstone', '--auth=trust'];
  const text = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const made = await execa(binaries.initdb, [`--pgdata=${temporary}`, ...access, ...text], {
    ...identity,
    cwd: '/',
    all: true,
    reject: false,
    env: { LC_ALL: 'C' },
  });
  if (made.exitCode !== 0) {
    await rm(temporary, { recursive: true, force: true });
    if (/No space left|Disk quota/.test(made.all ?? '')) throw fullFault(home, 0);
    throw new Fault(
      'database-not-made',
      `The state database in ${data} cannot be made: ${lastLines(made.all || made.message || '')}`,
      {
        kind: 'infrastructure',
        hint: 'Run `whetstone doctor`, or set DATABASE_URL to a PostgreSQL server.',
      },
    );
  }
  await rename(temporary, data).catch(async (cause: NodeJS.ErrnoException) => {
    await rm(temporary, { recursive: true, force: true });
    // Another process made it meanwhile.
    if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
  });
}

function assertVersion(found: string, wanted: string, data: string): void {
  if (found === wanted) return;
  throw new Fault(
    'database-version',
    `The state database in ${data} was made by PostgreSQL ${found}, and this Whetstone brings ${wanted}.`,
    {
      hint: 'Use the Whetstone that made it, or start afresh with another --state DIR; datasets are files and stay.',
    },
  );
}

/** Clusters and copies that a killed process left unfinished. */
export async function removeLeftovers(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const pid = Number(/\.tmp-(\d+)/.exec(name)?.[1]);
    // An initdb whose starter was killed may still write: then the rest goes next time.
    if (pid > 0 && !isAlive(pid))
      await rm(join(home, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function lastLines(text: string): string {
  return text.trim().split('\n').slice(-4).join(' | ').slice(-800);
}
