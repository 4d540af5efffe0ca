import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '../../datasets/fault.ts';
import type { MachineFacts } from './choose-engine-remedy.ts';
import { type InstallContext, installPackages } from './install-engine.ts';

/** What this repository's own tests start: the server in the version of the sandboxes, and SQLite's shell. */
const binary = '/usr/lib/postgresql/15/bin/postgres';
const shell = '/usr/bin/sqlite3';

export function testServerIsMissing(): boolean {
  return ![binary, shell].every((path) => existsSync(path));
}

/** Installs PostgreSQL 15 and SQLite's shell for the tests; gives the packages that were not there before. */
export async function installTestServer(facts: MachineFacts, context: InstallContext): Promise<string[]> {
  if (!facts.root || !facts.apt) {
    throw new Fault(
      'no-test-server',
      `The tests start a PostgreSQL 15 and a sqlite3 of their own: ${binary} or ${shell} is not there.`,
      {
        hint: 'On Debian 12 run `sudo apt-get install -y postgresql-15 sqlite3`, then the same command again.',
      },
    );
  }
  // Tests start servers themselves: Debian's cluster on port 5432 would only take memory.
  const noCluster = '/etc/postgresql-common/createcluster.d/whetstone.conf';
  await mkdir(path.dirname(noCluster), { recursive: true });
  await writeFile(noCluster, 'create_main_cluster = false\n');
  try {
    return await installPackages(['postgresql-15', 'sqlite3'], context);
  } finally {
    await rm(noCluster, { force: true });
  }
}
