import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { simpleGit } from 'simple-git';
import { REPOSITORY } from './repository.ts';

/** A target with two slow queries that an index makes fast: the smallest that a whole loop has something to do on. */
export interface TinyTarget extends AsyncDisposable {
  name: string;
  folder: string;
  configPath: string;
  remote: string;
  datasets: string;
  stateDirectory: string;
  /** TMPDIR for whatever runs on it. */
  temporary: string;
  queries: string[];
}

const ROWS = 500_000;
const CODES = 40_000;

const QUERIES: Record<string, { sql: string; params: (at: number) => string[] }> = {
  'by-code': {
    sql: 'SELECT id, kind, amount FROM events WHERE lower(code) = lower($1) ORDER BY id',
    params: (at) => [`'K${(at * 1_237) % CODES}'`],
  },
  'largest-of-kind': {
    sql: 'SELECT id, code, amount FROM events WHERE kind = $1 AND amount < $2 ORDER BY amount DESC, id LIMIT 10',
    params: (at) => [`'k${at % 9}'`, String(100 + ((at * 397) % 9_000))],
  },
};

const DATA = `
CREATE TABLE events (id int PRIMARY KEY, code text NOT NULL, kind text NOT NULL, amount int NOT NULL, note text NOT NULL);
INSERT INTO events SELECT i, 'K' || (i::bigint * 7919) % ${CODES}, 'k' || i % 9, (i::bigint * 104729) % 10007, repeat('n', 80)
FROM generate_series(1, ${ROWS}) i;
`;

const COMMAND = (file: string) => `['node', 'whetstone/${file}.mjs']`;

const CONFIGURATION = `import { defineConfig } from 'whetstone';

export default defineConfig({
  name: 'tiny',
  target: { remote: '../remote.git' },
  sources: [{ path: '../logs/*.log' }],
  environment: { data: ['psql', '-qX', '-v', 'ON_ERROR_STOP=1', '-f', 'data/data.sql'] },
  commands: { migrate: ${COMMAND('migrate')}, serve: ${COMMAND('serve')} },
  objective: { ms: 40 },
});
`;

/** In a folder of its own. The same content and commit every time, so that images are made once. */
export async function tinyTarget(): Promise<TinyTarget> {
  const folder = await mkdtemp('/tmp/whetstone-tiny-');
  await execa('chmod', ['0755', folder]);
  const repository = path.join(folder, 'tiny');
  const remote = path.join(folder, 'remote.git');
  for (const part of ['tiny/data', 'tiny/queries', 'tiny/migrations', 'logs', 'temporary'])
    await mkdir(path.join(folder, part), { recursive: true });
  await cp(path.join(REPOSITORY, 'loops/target/template/whetstone'), path.join(repository, 'whetstone'), {
    recursive: true,
  });
  await writeFile(path.join(repository, 'data/data.sql'), DATA);
  for (const [name, { sql }] of Object.entries(QUERIES))
    await writeFile(path.join(repository, 'queries', `${name}.sql`), `${sql}\n`);
  await writeFile(path.join(repository, 'whetstone.config.ts'), CONFIGURATION);
  await writeFile(path.join(folder, 'logs/slow.log'), logText());
  const git = simpleGit(repository).env({
    PATH: process.env['PATH'],
    HOME: folder,
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => [
        [`GIT_${who}_NAME`, 'Tiny'],
        [`GIT_${who}_EMAIL`, 'tiny@localhost'],
        [`GIT_${who}_DATE`, '2026-01-05T09:00:00Z'],
      ]),
    ),
  });
  await git.raw(['init', '--quiet', '--initial-branch=main']);
  await git.raw(['add', '--all']);
  await git.raw(['commit', '--quiet', '--no-gpg-sign', '--message', 'Tiny']);
  await simpleGit().raw(['clone', '--quiet', '--bare', '--', repository, remote]);
  const stateDirectory = path.join(folder, 'state');
  return {
    name: 'tiny',
    folder,
    configPath: path.join(repository, 'whetstone.config.ts'),
    remote,
    datasets: path.join(folder, 'tiny-datasets'),
    stateDirectory,
    temporary: path.join(folder, 'temporary'),
    queries: Object.keys(QUERIES),
    async [Symbol.asyncDispose]() {
      await execa(process.execPath, [
        `${REPOSITORY}/bin/whetstone.mjs`,
        ...['uninstall', '--yes', '--state', stateDirectory],
      ]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As PostgreSQL writes it with log_min_duration_statement and literals in every statement. */
function logText(): string {
  const lines: string[] = [];
  for (let at = 0; at < 24; at++) {
    for (const { sql, params } of Object.values(QUERIES)) {
      const values = params(at);
      const statement = sql.replace(/\$(\d)/g, (_, number) => values[Number(number) - 1] ?? '');
      const second = String(lines.length % 60).padStart(2, '0');
      const minute = String(Math.floor(lines.length / 60)).padStart(2, '0');
      lines.push(
        `2026-01-05 10:${minute}:${second}.000 UTC [41] LOG:  duration: ${60 + (at % 7)}.250 ms  statement: ${statement}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
