import { spawn } from 'node:child_process';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { Fault } from '../../datasets/fault.ts';
import type { Identity } from './database-user.ts';

/** Of a Unix socket alone: nothing listens on TCP, so no port can be taken. */
export const SOCKET_PORT = 5432;
const LOG_LIMIT_BYTES = 10 * 2 ** 20;

export interface Postmaster {
  pid: number;
  socketDirectory: string;
  /** False where the file outlived its server, even when another program has the process id by now. */
  alive: boolean;
}

/** What `postmaster.pid` says, undefined where there is none (or it is still being written). */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return { pid, socketDirectory: lines[4] ?? '', alive: (await commandLine(pid)).includes(data) };
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return (await execa('ps', ['-o', 'command=', '-p', String(pid)], { reject: false })).stdout;
}

export interface StartOptions {
  binary: string;
  data: string;
  socketDirectory: string;
  log: string;
  identity: Identity | undefined;
}

export interface Starting {
  /** Set once the process ended, which a server that came up does not do. */
  ended: boolean;
}

/**
 * Starts a server that outlives this process and is out of its terminal's reach (Ctrl-C).
 * Where two processes start one at once PostgreSQL's own lock lets one through; the other one's ends.
 */
export async function startPostmaster({
  binary,
  data,
  socketDirectory,
  log,
  identity,
}: StartOptions): Promise<Starting> {
  const size = (await stat(log).catch(() => undefined))?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) await rm(log);
  await using file = await open(log, 'a', 0o600);
  const settings = {
    listen_addresses: '',
    unix_socket_permissions: '0700',
    max_connections: '100',
    shared_buffers: '32MB',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // Not execa: it cannot hand a file on as the output of a process that outlives this one.
  const server = spawn(binary, ['-D', data, '-k', socketDirectory, '-p', String(SOCKET_PORT), ...flags], {
    ...identity,
    cwd: '/',
    detached: true,
    stdio: ['ignore', file.fd, file.fd],
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
  });
  const starting: Starting = { ended: false };
  const end = () => {
    starting.ended = true;
  };
  server.once('exit', end).once('error', end).unref();
  return starting;
}

/** Ends the server, cutting its clients off; returns once its files are at rest. */
export async function stopPostmaster(data: string): Promise<void> {
  const running = await readPostmaster(data);
  if (!running?.alive) return;
  process.kill(running.pid, 'SIGINT');
  const deadline = Date.now() + 30_000;
  while (
    (await readPostmaster(data))?.pid === running.pid &&
    (await commandLine(running.pid)).includes(data)
  ) {
    if (Date.now() > deadline) {
      throw new Fault(
        'database-not-stopping',
        `The database server (process ${running.pid}) of ${data} did not end within 30 s.`,
        {
          kind: 'infrastructure',
          hint: `See its log beside ${data}, or end it: kill -QUIT ${running.pid}`,
        },
      );
    }
    await sleep(10);
  }
}
