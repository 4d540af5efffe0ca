import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '../../datasets/fault.ts';
import type { MachineFacts } from './choose-engine-remedy.ts';
import { type InstallContext, installPackages } from './install-engine.ts';

/** What this repository's own tests start: the server of the sandboxes with its hypothetical indexes, and SQLite's shell. */
const needed = [
  { package: 'postgresql-15', file: '/usr/lib/postgresql/15/bin/postgres' },
  { package: 'postgresql-15-hypopg', file: '/usr/share/postgresql/15/extension/hypopg.control' },
  { package: 'sqlite3', file: '/usr/bin/sqlite3' },
];
const packages = needed.map((one) => one.package);

export function testServerIsMissing(): boolean {
  return !needed.every(({ file }) => existsSync(file));
}

/** Installs them; gives the packages that were not there before. */
export async function installTestServer(facts: MachineFacts, context: InstallContext): Promise<string[]> {
  if (!facts.root || !facts.apt) {
    throw new Fault(
      'no-test-server',
      `The tests start a PostgreSQL 15 and a sqlite3 of their own: ${needed.find(({ file }) => !existsSync(file))?.file} is not there.`,
      {
        hint: `On Debian 12 run \`sudo apt-get install -y ${packages.join(' ')}\`, then the same command again.`,
      },
    );
  }
  // Tests start servers themselves: Debian's cluster on port 5432 would only take memory.
  const noCluster = '/etc/postgresql-common/createcluster.d/whetstone.conf';
  await mkdir(path.dirname(noCluster), { recursive: true });
  await writeFile(noCluster, 'create_main_cluster = false\n');
  try {
    return await installPackages(packages, context);
  } finally {
    await rm(noCluster, { force: true });
  }
}
