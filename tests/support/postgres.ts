import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import pg from 'pg';

const BINARIES = '/usr/lib/postgresql/15/bin';

export interface TestPostgres extends AsyncDisposable {
  /** Where its socket lies: it listens on no port. */
  host: string;
  /** A connection to the database `postgres`; the caller ends it. */
  connect(database?: string): Promise<pg.Client>;
}

/** A PostgreSQL 15 of its own in a temporary folder, run by an unprivileged user; stopped and removed when disposed. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'ws-pg-'));
  const data = join(folder, 'data');
  const isRoot = process.getuid?.() === 0;
  const uid = isRoot ? Number((await execa('id', ['-u', 'postgres'])).stdout) : undefined;
  const gid = isRoot ? Number((await execa('id', ['-g', 'postgres'])).stdout) : undefined;
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
  await chmod(folder, 0o755);
  const as = { cwd: folder, ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
  await execa(
    join(BINARIES, 'initdb'),
    ['-D', data, '-U', 'tester', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    as,
  );
  const settings = [
    `-k ${folder}`,
    '-c listen_addresses=',
    '-c fsync=off',
    '-c full_page_writes=off',
    '-c timezone=UTC',
    '-c log_min_messages=fatal',
  ];
  await execa(
    join(BINARIES, 'pg_ctl'),
    ['-D', data, '-w', '-s', '-l', join(folder, 'log'), '-o', settings.join(' '), 'start'],
    { ...as, stdio: 'ignore' },
  );
  return {
    host: folder,
    async connect(database = 'postgres') {
      const client = new pg.Client({ host: folder, user: 'tester', database });
      await client.connect();
      return client;
    },
    async [Symbol.asyncDispose]() {
      await execa(join(BINARIES, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-s', 'stop'], {
        ...as,
        reject: false,
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
