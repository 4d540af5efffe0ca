import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { reap } from '../reap.ts';
import {
  containersOf,
  ownTemporaryFolders,
  removeOwnImages,
  testEngine,
  testSandbox,
  withOwnOwner,
} from '../test-engine.ts';
import { ensureDockerfileImage } from './ensure-dockerfile-image.ts';
import { listImages } from './list-images.ts';
import { programs } from './programs.ts';

let engine: Engine;
let from: string;
let own: Engine;
let context: string;

beforeAll(async () => {
  ({ engine, image: from } = await testEngine());
}, 900_000);
beforeEach(async () => {
  own = withOwnOwner(engine);
  context = await mkdtemp(join(tmpdir(), 'dockerfile-test-'));
});
afterEach(async () => {
  await rm(context, { recursive: true });
  await removeOwnImages(own);
  expect(await leftovers(own)).toEqual([]);
});

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(context, path)), { recursive: true });
  await writeFile(join(context, path), content);
}

const build = (options: Partial<Parameters<typeof ensureDockerfileImage>[1]> = {}) =>
  ensureDockerfileImage(own, { name: 'test-file', context, network: 'none', progress: () => {}, ...options });

/** Containers, and all images with and without a tag, of an owner. */
async function leftovers({ docker, owner }: Engine): Promise<string[]> {
  const filters = { label: [`dev.whetstone.owner=${owner}`] };
  const images = await docker.listImages({ all: true, filters });
  return [...(await containersOf({ docker, owner } as Engine)), ...images.map(({ Id }) => Id)];
}

describe('an image of a Dockerfile', () => {
  test('is built once by many at once, in stages, and holds what its context and arguments gave', async () => {
    await put(
      'Dockerfile',
      `ARG BASE\nFROM \${BASE} \\\n# a comment within\n\n AS first\nUSER root\nARG WORD\nRUN echo "$WORD" > /word\nFROM ${from}\nCOPY --from=first /word /word\nCOPY . /context\n`,
    );
    await put('bin/run.sh', '#!/bin/sh\necho ran\n');
    await chmod(join(context, 'bin/run.sh'), 0o750);
    await put('secret.txt', 'not sent');
    await put('.dockerignore', '*.txt\n');
    await symlink('bin/run.sh', join(context, 'link'));
    const args = { BASE: from, WORD: 'hello' };
    const images = await Promise.all([1, 2, 3].map(() => build({ args })));
    expect(new Set(images).size).toBe(1);
    expect(await listImages(own, own.owner)).toMatchObject([{ tag: images[0], name: 'test-file' }]);
    const script = 'cat /word; cd /context; find . | sort; stat -c %a bin/run.sh; readlink link';
    await using sandbox = await testSandbox(own, images[0] ?? '');
    const { stdout } = await sandbox.exec(['sh', '-c', script], { timeoutMs: 10_000 });
    expect(stdout).toBe('hello\n.\n./Dockerfile\n./bin\n./bin/run.sh\n./link\n750\nbin/run.sh\n');
    // Two stages of one base; nothing is left of the first.
    expect(
      await own.docker.listImages({ filters: { label: [`dev.whetstone.owner=${own.owner}`] } }),
    ).toHaveLength(1);
  });

  test('is found again, and another one when an argument or the context differs', async () => {
    await put('Dockerfile', `FROM ${from}\nCOPY data /data\n`);
    await put('data', 'a');
    const first = await build();
    expect(await build({ progress: (line) => expect.unreachable(line) })).toBe(first);
    expect(await build({ args: { http_proxy: 'http://nowhere.invalid' } })).not.toBe(first);
  }, 60_000);

  test('tells the step that failed and what it said last, and leaves nothing', async () => {
    await put(
      'Dockerfile',
      `FROM ${from}\nUSER root\nRUN touch /half\nRUN { seq 1 100; echo it broke; } >&2; exit 9\n`,
    );
    const failing = build();
    await expect(failing).rejects.toMatchObject({
      code: 'build-failed',
      message: expect.stringMatching(
        /failed in `RUN \{ seq 1 100; .* code: 9\. It said last:\n(\d+\n){19}it broke/s,
      ),
    });
    expect(await leftovers(own)).toEqual([]);
    expect(await ownTemporaryFolders()).toEqual([]);
  });

  test('is none when it lacks what sandboxes need; all of that is named', async () => {
    await put(
      'Dockerfile',
      `FROM ${from}\nUSER root\nRUN rm /usr/bin/setpriv /usr/bin/head && sed -i /1000/d /etc/passwd\n`,
    );
    await expect(build()).rejects.toMatchObject({
      code: 'image-lacks',
      message: expect.stringContaining('head, setpriv, a user 1000.'),
      hint: expect.stringContaining('apt-get install -y coreutils util-linux'),
    });
    await put('Dockerfile', 'FROM scratch\nCOPY Dockerfile /\n');
    await expect(build()).rejects.toMatchObject({
      code: 'image-lacks',
      message: expect.stringContaining(`${Object.keys(programs).join(', ')}, a user 1000`),
    });
    expect(await leftovers(own)).toEqual([]);
  });

  test('is refused when its base is nowhere, with the next step', async () => {
    await put('Dockerfile', 'ARG V=1\nFROM nowhere.invalid/none:$V\n');
    await expect(build()).rejects.toMatchObject({
      code: 'no-base',
      message: expect.stringContaining('nowhere.invalid/none:1'),
      hint: expect.stringContaining('docker pull nowhere.invalid/none:1'),
    });
    await put('Dockerfile', `FROM ${from}\nCOPY --from=nowhere.invalid/none:2 /a /a\n`);
    await expect(build()).rejects.toMatchObject({ hint: expect.stringContaining('docker load') });
  });

  test('ends at an abort, whatever step is on, and leaves nothing', async () => {
    await put('Dockerfile', `FROM ${from}\nUSER root\nRUN touch /half\nRUN sleep 60\n`);
    const abort = new AbortController();
    const started = performance.now();
    const progress = (line: string) => {
      if (line.includes('sleep')) setTimeout(() => abort.abort(new Error('stopped by hand')), 300);
    };
    await expect(build({ progress, signal: abort.signal })).rejects.toThrow('stopped by hand');
    expect(performance.now() - started).toBeLessThan(40_000);
    expect(await leftovers(own)).toEqual([]);
  }, 60_000);
});

test('builders that are killed at any moment leave nothing that the next reap does not find', async () => {
  await put(
    'Dockerfile',
    `FROM ${from} AS one\nUSER root\nRUN echo ${randomUUID()} > /1\nRUN sleep 0.3\nFROM ${from}\nUSER root\nRUN echo 2 > /2\nCOPY --from=one /1 /1\nRUN sleep 0.3\n`,
  );
  const script = `
    import { connectEngine } from ${JSON.stringify(join(import.meta.dirname, '../engine/engine.ts'))};
    import { ensureDockerfileImage } from ${JSON.stringify(join(import.meta.dirname, 'ensure-dockerfile-image.ts'))};
    const engine = await connectEngine({ owner: ${JSON.stringify(own.owner)} });
    console.log('started');
    await ensureDockerfileImage(engine, { name: 'test-killed', context: ${JSON.stringify(context)}, network: 'none', progress: (line) => console.log(line) });
    console.log('done');
    setTimeout(() => {}, 60_000);
  `;
  let killedWithin = 0;
  // Lines of progress: the first is of the process itself, the last of the final step.
  for (const killedAfter of [1, 4, 6, 9]) {
    const child = execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: join(import.meta.dirname, '../..'),
      reject: false,
    });
    let said = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        said += String(chunk);
        if (said.split('\n').length > killedAfter) resolve();
      });
      child.once('exit', () => resolve());
    });
    await sleep(500 * Math.random());
    child.kill('SIGKILL');
    const { stdout, stderr } = await child;
    expect(stderr).toBe('');
    if (stdout.includes('RUN') && !stdout.includes('done')) killedWithin++;
    // The engine ends its step, and only then notices that nobody listens.
    for (let quiet = 0; quiet < 4; ) {
      await sleep(250);
      const found = await reap(own, { owner: own.owner });
      quiet = found.containers + found.images === 0 ? quiet + 1 : 0;
    }
    // All that may be there is the image itself, with the one name that it was to have.
    const tagged = await listImages(own, own.owner);
    expect(tagged.map(({ tag }) => tag)).toEqual(
      tagged.length === 0 ? [] : [expect.not.stringMatching(/-draft$/)],
    );
    expect(await containersOf(own)).toEqual([]);
    await removeOwnImages(own);
    expect(await leftovers(own)).toEqual([]);
  }
  expect(killedWithin).toBeGreaterThan(0);
  expect((await ownTemporaryFolders()).length).toBe(0);
}, 180_000);
