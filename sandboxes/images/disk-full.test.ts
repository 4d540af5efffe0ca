import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectEngine, type Engine } from '../engine.ts';
import { containersOf, until } from '../test-engine.ts';
import { bakeImage } from './bake-image.ts';
import { listImages } from './list-images.ts';

/** A Docker Engine of the test's own, whose whole disk is 120 MB. */
let folder: string;
let dockerd: PromiseLike<unknown> & { kill(signal: 'SIGTERM'): boolean };
let engine: Engine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'disk-full-test-'));
  const data = join(folder, 'data');
  await mkdir(data);
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=120m', 'tmpfs', data]);
  const socket = join(folder, 'docker.sock');
  // In a network namespace of its own: a second dockerd would take the first one's bridge down.
  dockerd = execa(
    'unshare',
    [
      '-n',
      'dockerd',
      '--host',
      `unix://${socket}`,
      '--data-root',
      data,
      '--exec-root',
      join(folder, 'exec'),
      '--pidfile',
      join(folder, 'pid'),
      '--bridge=none',
      '--iptables=false',
    ],
    { reject: false, buffer: false, stdio: 'ignore' },
  );
  await until(
    () =>
      access(socket).then(
        () => true,
        () => false,
      ),
    30_000,
  );
  await until(
    () =>
      connectEngine({ endpoint: `unix://${socket}` }).then(
        () => true,
        () => false,
      ),
    30_000,
  );
  engine = await connectEngine({ endpoint: `unix://${socket}`, owner: 'test' });
}, 90_000);

afterAll(async () => {
  dockerd.kill('SIGTERM');
  await dockerd;
  await execa('umount', ['-R', '-l', join(folder, 'data')]);
  await rm(folder, { recursive: true, force: true });
});

/** The few programs that a sandbox needs, from this host. */
async function smallImage(): Promise<string> {
  const script = `set -e; mkdir ${folder}/small; cd ${folder}/small; mkdir -p bin etc tmp proc sys dev
    for p in sh cat timeout tar grep head true; do cp -L /usr/bin/$p bin/
      ldd /usr/bin/$p | grep -o '/[^ ]*' | while read -r lib; do mkdir -p ".$(dirname $lib)"; cp -L $lib .$lib; done; done
    echo 'root:x:0:0:root:/:/bin/sh' > etc/passwd; tar -c .`;
  const archive = execa('sh', ['-c', script], { encoding: 'buffer', buffer: false });
  const stream = await engine.docker.importImage(archive.stdout, {
    repo: 'small',
    tag: '1',
    changes: ['ENV PATH=/bin'],
  });
  await new Promise<void>((resolve, reject) => {
    engine.docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
  });
  return 'small:1';
}

test('a disk that fills up while an image is made is one clear fault, and nothing half-made stays', async () => {
  const from = await smallImage();
  const baking = bakeImage(
    engine,
    { name: 'test-full', from, key: '', root: true, neededBytes: 0, timeoutMs: 60_000, progress: () => {} },
    async (sandbox) => {
      const written = await sandbox.exec(['sh', '-c', 'head -c 70000000 /dev/urandom > /big'], {
        timeoutMs: 30_000,
      });
      expect(written).toMatchObject({ exitCode: 0 });
    },
  );
  await expect(baking).rejects.toMatchObject({
    name: 'SandboxFault',
    code: 'disk-full',
    message: expect.stringContaining('no space left on device'),
    hint: expect.stringContaining('Free some space'),
  });
  expect(await containersOf(engine)).toEqual([]);
  expect(await listImages(engine)).toEqual([]);
  expect(await engine.docker.listImages({ all: true })).toHaveLength(1);
}, 90_000);
