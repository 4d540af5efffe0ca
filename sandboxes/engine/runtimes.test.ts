import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { containersOf, testSandbox, until } from '../test-engine.ts';
import { unpackRuntimes } from '../testing/other-runtimes.ts';
import { type PrivateEngine, startPrivateEngine } from '../testing/private-engine.ts';
import { importSmallImage } from '../testing/small-image.ts';
import { connectEngine, type Engine } from './engine.ts';
import { isolationOf } from './isolation.ts';

let folder: string;
let own: PrivateEngine;
let engine: Engine;
let image: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runtimes-test-'));
  const runtimes = await unpackRuntimes(folder);
  own = await startPrivateEngine({ runtimes: { ...runtimes, gone: { path: join(folder, 'gone') } } });
  engine = await own.connect();
  image = await importSmallImage(engine);
}, 120_000);
afterAll(async () => {
  await own[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** gVisor of 2022 loses a sandbox now and then on a kernel of today: a fault, which is tried again in a fresh one. */
async function tryAgain(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof SandboxFault && error.code === 'sandbox-died' && tries < 3)) throw error;
    }
  }
}

describe.each([
  ['runc', 'shared-kernel'],
  ['crun', 'shared-kernel'],
  ['runsc', 'user-space-kernel'],
])('a sandbox in %s', (runtime, level) => {
  test.each(['service', 'hardened'] as const)('does what one does: %s', (profile) =>
    tryAgain(async () => {
      await using sandbox = await testSandbox({ ...engine, runtime }, image, { profile });
      const { HostConfig } = await engine.docker.getContainer(sandbox.id).inspect();
      const threads = level === 'user-space-kernel' ? limits.threadsPerProcess : 1;
      expect(HostConfig).toMatchObject({ Runtime: runtime, PidsLimit: limits[profile].pids * threads });
      const sh = (script: string, timeoutMs = 20_000) => sandbox.exec(['sh', '-c', script], { timeoutMs });
      expect(await sh('id -u; echo err >&2; exit 7')).toMatchObject({
        exitCode: 7,
        stdout: '1000\n',
        stderr: 'err\n',
      });
      await sandbox.writeFile('/tmp/file', 'kept');
      expect(String(await sandbox.readFile('/tmp/file'))).toBe('kept');
      const late = await sh('sleep 4711 & trap "" TERM; sleep 4711; sleep 4711', 500);
      expect(late).toMatchObject({ outcome: 'timed_out', exitCode: null });
      expect(await sandbox.processes()).toEqual([]);
      await sh('sleep 4712 > /dev/null 2>&1 &');
      // A moment after its start a process is told by the name of its program alone.
      await until(async () => (await sandbox.processes()).join() === 'sleep 4712', 5_000);
    }),
  );

  test('has the isolation that is told of it', () =>
    tryAgain(async () => {
      expect(isolationOf(engine.info, runtime)).toMatchObject({ level, runtime });
      await using sandbox = await testSandbox(engine, image, { runtime });
      const { stdout } = await sandbox.exec(['cat', '/proc/version'], { timeoutMs: 20_000 });
      const host = await readFile('/proc/version', 'utf8');
      if (level === 'shared-kernel') expect(stdout).toBe(host);
      else expect(stdout).not.toBe(host);
    }));
});

test('an image is made in a sandbox of gVisor as well, but for what is at /tmp', () =>
  tryAgain(async () => {
    await using first = await testSandbox(engine, image, { runtime: 'runsc', root: true });
    await first.writeFile('/work/kept', 'kept');
    const id = await first.commit('whetstone/test-runsc:1');
    await using second = await testSandbox(engine, id);
    expect(String(await second.readFile('/work/kept'))).toBe('kept');
  }));

describe('a runtime', () => {
  const unknown = {
    code: 'no-such-runtime',
    message: expect.stringMatching(/no runtime `kata`; it has crun, gone, runc, runsc\./),
    hint: expect.stringContaining('Install Kata Containers'),
  };

  test('that the engine does not have is refused, with those that it has', async () => {
    await expect(connectEngine({ endpoint: own.endpoint, runtime: 'kata' })).rejects.toMatchObject(unknown);
    await expect(testSandbox(engine, image, { runtime: 'kata' })).rejects.toMatchObject(unknown);
    expect(await containersOf(engine)).toEqual([]);
  });

  test('that it has is the default of all sandboxes, where it is chosen', async () => {
    const chosen = await connectEngine({ endpoint: own.endpoint, runtime: 'crun', owner: engine.owner });
    await using sandbox = await testSandbox(chosen, image);
    const { HostConfig } = await engine.docker.getContainer(sandbox.id).inspect();
    expect(HostConfig).toMatchObject({ Runtime: 'crun' });
  });

  test('whose program is gone is a fault that says so, and leaves nothing', async () => {
    await expect(testSandbox(engine, image, { runtime: 'gone' })).rejects.toMatchObject({
      code: 'runtime-failed',
      message: expect.stringContaining('no such file or directory'),
    });
    expect(await containersOf(engine)).toEqual([]);
  });
});

test('sandboxes work where users are remapped, and the engine says so', async () => {
  await using remapped = await startPrivateEngine({ usernsRemap: true });
  const there = await remapped.connect();
  expect(isolationOf(there.info).level).toBe('shared-kernel+userns');
  const small = await importSmallImage(there);
  for (const profile of ['service', 'hardened'] as const) {
    await using sandbox = await testSandbox(there, small, { profile });
    await sandbox.writeFile('/tmp/file', 'kept');
    const ran = await sandbox.exec(['sh', '-c', 'id -u; cat /tmp/file; echo; cat /proc/self/uid_map'], {
      timeoutMs: 20_000,
    });
    expect(ran.stdout.split(/\s+/)).toEqual(['1000', 'kept', '0', '200000', '65536', '']);
  }
});
