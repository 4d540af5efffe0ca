import { appendFile, chmod, chown, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const BINARIES = '/usr/lib/postgresql/15/bin';

export interface LoggingPostgres extends AsyncDisposable {
  socketFolder: string;
  /** Stops the server and returns the folder with postgresql.log, postgresql.csv and postgresql.json. */
  stop(): Promise<string>;
}

/** Starts a PostgreSQL 15 of its own that logs every statement in all three formats, as an unprivileged user. */
export async function startLoggingPostgres(logLinePrefix: string): Promise<LoggingPostgres> {
  await stat(join(BINARIES, 'initdb')).catch((cause) => {
    throw new Error(`${BINARIES} is missing. Run: apt-get install -y postgresql-15`, { cause });
  });
  const folder = await mkdtemp(join(tmpdir(), 'whetstone-patterns-'));
  await chmod(folder, 0o755);
  const asRoot = process.getuid?.() === 0;
  const user = asRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  const run = (program: string, ...args: string[]) => {
    const [command = '', ...rest] = [...user, join(BINARIES, program), ...args];
    return execa(command, rest, { cwd: folder });
  };
  if (asRoot) await chown(folder, Number((await execa('id', ['-u', 'postgres'])).stdout), 0);
  const data = join(folder, 'data');
  await run('initdb', '-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync', '-E', 'UTF8', '--locale=C');
  await appendFile(
    join(data, 'postgresql.conf'),
    `
listen_addresses = ''
unix_socket_directories = '${folder}'
fsync = off
logging_collector = on
log_destination = 'stderr,csvlog,jsonlog'
log_directory = 'log'
log_filename = 'postgresql.log'
log_min_duration_statement = 0
log_timezone = 'UTC'
compute_query_id = on
log_line_prefix = '${logLinePrefix}'
`,
  );
  await run('pg_ctl', '-D', data, '-l', join(folder, 'start.log'), '-w', 'start');
  let running = true;
  const stop = async () => {
    if (running) await run('pg_ctl', '-D', data, '-m', 'fast', '-w', 'stop');
    running = false;
    return join(data, 'log');
  };
  return {
    socketFolder: folder,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
