import { readdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { connectEngine, type Engine } from '../engine/engine.ts';
import { containersOf, ownTemporaryFolders, testSandbox } from '../test-engine.ts';
import { copyImage, startPrivateEngine } from './private-engine.ts';
import { importSmallImage } from './small-image.ts';

/** What there is of a private engine on this machine: processes, mounts, cgroups, folders. */
async function leftovers(): Promise<string[]> {
  const folders = await ownTemporaryFolders();
  const { stdout } = await execa('find', [
    '/sys/fs/cgroup',
    '-type',
    'd',
    '-name',
    `whetstone-test-${process.pid}-*`,
  ]);
  const mounts = (await readFile('/proc/mounts', 'utf8'))
    .split('\n')
    .filter((line) => line.includes('whetstone-tmp'));
  const processes: string[] = [];
  for (const pid of await readdir('/proc')) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (folders.some((folder) => command.includes(folder))) processes.push(command.replaceAll('\0', ' '));
  }
  return [...folders, ...stdout.split('\n').filter(Boolean), ...mounts, ...processes];
}

const run = async (engine: Engine, image: string) => {
  await using sandbox = await testSandbox(engine, image);
  return (await sandbox.exec(['id', '-u'], { timeoutMs: 10_000 })).stdout;
};

test('an engine of its own runs sandboxes, and is gone without a trace', async () => {
  const machine = await connectEngine();
  {
    await using own = await startPrivateEngine();
    const engine = await own.connect();
    expect(engine.id).not.toBe(machine.id);
    const image = await importSmallImage(engine);
    expect(await run(engine, image)).toBe('1000\n');
    const kept = await testSandbox(engine, image);
    expect(await containersOf(engine)).toEqual([kept.id]);
    expect(await leftovers()).not.toEqual([]);
  }
  expect(await leftovers()).toEqual([]);
  // The machine's engine still has its bridge.
  expect((await machine.docker.listNetworks()).map(({ Name }) => Name)).toContain('bridge');
  expect(await connectEngine()).toMatchObject({ id: machine.id });
});

test('it is the same engine after a stop and after a crash', async () => {
  await using own = await startPrivateEngine();
  const before = await own.connect();
  const image = await importSmallImage(before);
  for (const end of ['stop', 'kill'] as const) {
    await own[end]();
    await expect(own.connect()).rejects.toMatchObject({ code: 'no-engine' });
    await own.start();
    const again = await own.connect();
    expect(again.id).toBe(before.id);
    expect(await run(again, image)).toBe('1000\n');
  }
});

test('an image is brought from one to the other', async () => {
  await using first = await startPrivateEngine();
  await using second = await startPrivateEngine();
  const [from, to] = [await first.connect(), await second.connect()];
  const image = await importSmallImage(from, 'small:copied');
  await copyImage(from, to, image);
  expect(await run(to, image)).toBe('1000\n');
});

test('root of a container is nobody outside where users are remapped', async () => {
  await using own = await startPrivateEngine({ usernsRemap: true });
  const engine = await own.connect();
  const image = await importSmallImage(engine);
  await using sandbox = await testSandbox(engine, image, { root: true });
  const { stdout } = await sandbox.exec(['cat', '/proc/self/uid_map'], { timeoutMs: 10_000 });
  expect(stdout.trim().split(/\s+/)).toEqual(['0', '200000', '65536']);
});
