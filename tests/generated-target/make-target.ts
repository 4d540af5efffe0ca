import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { simpleGit } from 'simple-git';
import { seededRandom } from '../../loops/gate/statistics/seeded-random.ts';
import { Draw } from './draw.ts';
import { quoted } from './names.ts';
import { drawQueries } from './query-shapes.ts';
import { recordLog, type Workload } from './record-log.ts';
import { dataScript, drawSchema, type Schema } from './schema.ts';
import { of } from './statement.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** The same for every query of every target; four times what a request takes that asks for nothing. */
export const OBJECTIVE_MS = 20;

export interface GeneratedTarget {
  name: string;
  configPath: string;
  remote: string;
  workloads: Workload[];
}

/** Makes a target that nobody has seen before in `folder`: repository, bare remote and the log of its own PostgreSQL. */
export async function makeTarget(seed: number, folder: string): Promise<GeneratedTarget> {
  const draw = new Draw(seededRandom(seed));
  const name = `generated-${seed}`;
  const repository = join(folder, 'target');
  const remote = join(folder, 'remote.git');
  const schema = drawSchema(draw);
  for (const part of ['data', 'migrations', 'queries', 'logs'])
    await mkdir(join(part === 'logs' ? folder : repository, part), { recursive: true });
  await cp(join(REPOSITORY, 'loops/target/template/whetstone'), join(repository, 'whetstone'), {
    recursive: true,
  });
  // Node looks upward for packages: the same ones that the sandbox has, without being part of the repository.
  await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(repository, 'data/data.sql'), dataScript(schema));
  const migration = draw.chance(0.5) ? existingIndex(draw, schema) : undefined;
  if (migration !== undefined) await writeFile(join(repository, 'migrations/0001_first.sql'), migration);

  const keep = draw.int(5, 6);
  const workloads = await recordLog(draw, {
    folder: repository,
    queries: drawQueries(draw, schema, keep * 3),
    keep,
    logFile: join(folder, 'logs/recorded.log'),
  });
  await writeFile(join(repository, 'whetstone.config.ts'), configuration(name));
  const git = simpleGit(repository);
  await git.raw(['init', '--quiet', '--initial-branch=main']);
  await git.raw(['add', '--all']);
  await git.raw([
    ...['-c', 'user.name=Generated', '-c', 'user.email=generated@localhost'],
    ...['commit', '--quiet', '--no-verify', '--no-gpg-sign', '--message', `A target from seed ${seed}`],
  ]);
  await simpleGit().raw(['clone', '--quiet', '--bare', '--', repository, remote]);
  return { name, configPath: join(repository, 'whetstone.config.ts'), remote, workloads };
}

/** Somebody has made an index before. */
function existingIndex(draw: Draw, schema: Schema): string {
  const table = draw.pick(schema.tables);
  const column = draw.pick(of(table, 'category', 'reference', 'moment', 'quantity', 'code'));
  return `CREATE INDEX ${quoted(`ix_${draw.int(1, 999)}`)} ON ${table.name} (${column.name});\n`;
}

function configuration(name: string): string {
  const run = (file: string) => `['node', 'whetstone/${file}.mjs']`;
  return `import { defineConfig } from 'whetstone';

export default defineConfig({
  name: '${name}',
  target: { remote: '../remote.git' },
  sources: [{ path: '../logs/*.log' }],
  environment: { data: ['psql', '-qX', '-v', 'ON_ERROR_STOP=1', '-f', 'data/data.sql'] },
  commands: {
    migrate: ${run('migrate')},
    refresh: ${run('refresh')},
    serve: ${run('serve')},
  },
  objective: { ms: ${OBJECTIVE_MS} },
});
`;
}
