import { chown, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Fault } from '../../datasets/fault.ts';
import { assertReachable, databaseIdentity, type Identity } from './database-user.ts';
import { isAlive, lastLines, makeCluster, removeLeftovers } from './make-cluster.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import {
  type Postmaster,
  readPostmaster,
  SOCKET_PORT,
  type Starting,
  startPostmaster,
  stopPostmaster,
} from './postmaster.ts';
import { fullFault } from './state-directory.ts';

export interface Postgres {
  url: string;
  /** Stops the server when no other session is connected, whoever started it; else leaves it to the last one. */
  close(): Promise<void>;
}

export interface OpenPostgresOptions {
  progress: (message: string) => void;
  signal: AbortSignal;
}

/** `sun_path` holds 107 bytes on Linux and 103 on macOS; the socket's name takes 15. */
const LONGEST_SOCKET_DIRECTORY = 85;
const START_LIMIT_MS = 60_000;
/** Held shared by whoever uses the server, exclusively by whoever stops it. */
const USE_LOCK = 7_239_001;

/**
 * The state directory's own PostgreSQL: made on first use, found again where it runs (a killed process leaves it
 * running), shared by all processes on this state directory.
 */
export async function openPostgres(
  stateDirectory: string,
  { progress, signal }: OpenPostgresOptions,
): Promise<Postgres> {
  const home = join(stateDirectory, 'postgres');
  const data = join(home, 'data');
  const running = (await readPostmaster(data))?.alive ? await connectRunning(data) : undefined;
  const session = running ?? (await startAndConnect({ stateDirectory, home, data, progress, signal }));
  return { url: session.url, close: () => close(session.client, data) };
}

interface Session {
  client: pg.Client;
  url: string;
}

interface StartContext extends OpenPostgresOptions {
  stateDirectory: string;
  home: string;
  data: string;
}

async function startAndConnect({
  stateDirectory,
  home,
  data,
  progress,
  signal,
}: StartContext): Promise<Session> {
  const identity = await databaseIdentity(data);
  if (identity !== undefined) await assertReachable(stateDirectory, identity);
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (identity !== undefined) await chown(home, identity.uid, identity.gid);
  await removeLeftovers(home);
  const binaries = await postgresBinaries(home, identity);
  await makeCluster({ home, data, binaries, identity, progress });

  const log = join(home, 'postgres.log');
  const deadline = Date.now() + START_LIMIT_MS;
  let starting: Starting | undefined;
  for (let starts = 0; ; ) {
    signal.throwIfAborted();
    const session = await connectRunning(data);
    if (session !== undefined) return session;
    const postmaster = await readPostmaster(data);
    // Alive and not answering: it starts, recovers from a crash, or ends.
    if (!postmaster?.alive && starting?.ended !== false) {
      if (++starts > 3) throw await startFault(log, 'it ends at once');
      if (postmaster !== undefined) await clearStale(data, postmaster, home);
      const socketDirectory = await socketDirectoryFor(home, identity);
      starting = await startPostmaster({ binary: binaries.postgres, data, socketDirectory, log, identity });
    }
    if (Date.now() > deadline)
      throw await startFault(log, `it does not answer within ${START_LIMIT_MS / 1000} s`);
    await sleep(10);
  }
}

/** The folder of the socket: our own, or, where its path is too long for a socket's address, a private one in /tmp. */
async function socketDirectoryFor(home: string, identity: Identity | undefined): Promise<string> {
  if (Buffer.byteLength(home) <= LONGEST_SOCKET_DIRECTORY) return home;
  const directory = await mkdtemp('/tmp/whetstone-');
  if (identity !== undefined) await chown(directory, identity.uid, identity.gid);
  return directory;
}

/**
 * PostgreSQL takes over a dead server's `postmaster.pid` by itself, but refuses where another program of this user
 * has the process id by now. By way of a rename, since another process may be putting a new file there.
 */
async function clearStale(data: string, stale: Postmaster, home: string): Promise<void> {
  if (isAlive(stale.pid)) {
    const aside = join(data, `postmaster.pid.stale-${process.pid}`);
    await rename(join(data, 'postmaster.pid'), aside).catch(() => undefined);
    const taken = await readFile(aside, 'utf8').catch(() => '');
    if (taken !== '' && Number.parseInt(taken, 10) !== stale.pid)
      await rename(aside, join(data, 'postmaster.pid'));
    await rm(aside, { force: true });
  }
  await removeSocketDirectory(stale.socketDirectory, home);
}

async function removeSocketDirectory(socketDirectory: string, home: string): Promise<void> {
  if (socketDirectory !== home && /^\/tmp\/whetstone-\w{6}$/.test(socketDirectory)) {
    await rm(socketDirectory, { recursive: true, force: true });
  }
}

/** Connects to the server that `postmaster.pid` names and registers as its user; undefined where none answers. */
async function connectRunning(data: string): Promise<Session | undefined> {
  const directory = (await readPostmaster(data))?.socketDirectory;
  if (!directory) return undefined;
  const url = `postgresql://whetstone@localhost:${SOCKET_PORT}/postgres?host=${encodeURIComponent(directory)}&sslmode=disable`;
  const client = new pg.Client({ connectionString: url, application_name: `whetstone pid ${process.pid}` });
  // The end of the server is noticed by whoever uses it; an error event without a listener would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_advisory_lock_shared($1)', [USE_LOCK]);
    return { client, url };
  } catch (error) {
    await client.end().catch(() => undefined);
    if (isComingOrGoing(error)) return undefined;
    throw error;
  }
}

/** No socket yet or any more; starting up or shutting down (57P0x); cut off in between. */
function isComingOrGoing(error: unknown): boolean {
  const { code, message } = error as { code?: string; message: string };
  if (code !== undefined) return /^(ENOENT|ECONNREFUSED|ECONNRESET|EPIPE|57P0[123])$/.test(code);
  return /Connection terminated/.test(message);
}

async function close(client: pg.Client, data: string): Promise<void> {
  try {
    if (!(await isLastUser(client))) return;
    const postmaster = await readPostmaster(data);
    await stopPostmaster(data);
    if (postmaster !== undefined) await removeSocketDirectory(postmaster.socketDirectory, join(data, '..'));
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function isLastUser(client: pg.Client): Promise<boolean> {
  try {
    await client.query('select pg_advisory_unlock_shared($1)', [USE_LOCK]);
    const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [
      USE_LOCK,
    ]);
    if (rows[0]?.got !== true) return false;
    // Sessions that this process has just ended take a moment to go.
    for (let tries = 0; tries < 20; tries++) {
      const others = await client.query(
        "select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
      );
      if (others.rowCount === 0) return true;
      await sleep(10);
    }
    return false;
  } catch (error) {
    // Another process stopped or killed the server: there is nothing left to stop.
    if (isComingOrGoing(error) || !(error instanceof pg.DatabaseError)) return false;
    throw error;
  }
}

async function startFault(log: string, what: string): Promise<Fault> {
  const tail = lastLines(await readFile(log, 'utf8').catch(() => ''));
  if (/No space left|Disk quota/.test(tail)) return fullFault(log, 0);
  return new Fault(
    'database-not-started',
    `The state database cannot be started, ${what}. Its log ${log} ends: ${tail || '(empty)'}`,
    {
      kind: 'infrastructure',
      hint: 'Run `whetstone doctor`; or set DATABASE_URL to a PostgreSQL server.',
    },
  );
}
