import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { limits } from '../limits.ts';
import { reap } from '../reap.ts';
import { containersOf, testEngine, testSandbox, until } from '../test-engine.ts';
import { label } from './labels.ts';

let engine: Engine;
let image: string;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
}, 900_000);

/** A process of its own that opens a sandbox, says so, and goes on as told. */
function controller(owner: string, then: string) {
  const script = `
    import { connectEngine } from ${JSON.stringify(join(import.meta.dirname, '../engine/engine.ts'))};
    import { openSandbox } from ${JSON.stringify(join(import.meta.dirname, 'open-sandbox.ts'))};
    const engine = await connectEngine({ owner: ${JSON.stringify(owner)} });
    const sandbox = await openSandbox(engine, { image: ${JSON.stringify(image)}, profile: 'service', ttlMs: 60_000, purpose: 'test' });
    console.log('open');
    ${then}
  `;
  return execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: join(import.meta.dirname, '..'),
    reject: false,
  });
}

describe('a sandbox ends', () => {
  test('when it is disposed, at once and once', async () => {
    const own = { ...engine, owner: randomUUID() };
    const sandbox = await testSandbox(own, image);
    expect(await containersOf(own)).toEqual([sandbox.id]);
    await Promise.all([sandbox[Symbol.asyncDispose](), sandbox[Symbol.asyncDispose]()]);
    await sandbox[Symbol.asyncDispose]();
    await until(async () => (await containersOf(own)).length === 0, 2_000);
  });

  test('within two seconds of a kill -9 of its controller, busy or not', async () => {
    const own = { ...engine, owner: randomUUID() };
    const child = controller(
      own.owner,
      "await sandbox.exec(['sh', '-c', 'while :; do :; done'], { timeoutMs: 60_000 });",
    );
    await once(child.stdout, 'data');
    await until(async () => (await containersOf(own)).length === 1, 1_000);
    child.kill('SIGKILL');
    await until(async () => (await containersOf(own)).length === 0, 2_000);
  });

  test('with a controller that has nothing left to do, which exits by itself', async () => {
    const own = { ...engine, owner: randomUUID() };
    const child = await controller(own.owner, "await sandbox.exec(['true'], { timeoutMs: 5_000 });");
    expect(child.exitCode).toBe(0);
    await until(async () => (await containersOf(own)).length === 0, 2_000);
  });

  test('when its time is over, whatever its controller does', async () => {
    const own = { ...engine, owner: randomUUID() };
    await using sandbox = await testSandbox(own, image, { ttlMs: 1_000 });
    await expect(sandbox.exec(['sleep', '30'], { timeoutMs: 30_000 })).rejects.toMatchObject({
      code: 'sandbox-died',
    });
    await until(async () => (await containersOf(own)).length === 0, 2_000);
  });

  test('before it began when the signal is aborted, and leaves nothing', async () => {
    const own = { ...engine, owner: randomUUID() };
    for (const afterMs of [0, 20, 60, 120]) {
      const abort = new AbortController();
      setTimeout(() => abort.abort(new Error('changed my mind')), afterMs);
      await testSandbox(own, image, { signal: abort.signal }).then(
        (sandbox) => sandbox[Symbol.asyncDispose](),
        (error: Error) => expect(error.message).toBe('changed my mind'),
      );
    }
    await until(async () => (await containersOf(own)).length === 0, 2_000);
  });

  test('not at all when its image is missing: that is a fault', async () => {
    await expect(testSandbox(engine, 'whetstone/none:none')).rejects.toMatchObject({ code: 'no-such-image' });
  });
});

describe('reap', () => {
  const idle = (own: Engine, labels: Record<string, string>, name = `whetstone-${randomUUID()}`) =>
    own.docker.createContainer({
      name,
      Image: image,
      Cmd: ['true'],
      Labels: {
        [label.owner]: own.owner,
        [label.container]: name,
        [label.expires]: String(Date.now() + 60_000),
        ...labels,
      },
    });

  test('takes what is past its expiry or has a dead controller, and nothing else', async () => {
    const own = { ...engine, owner: randomUUID() };
    const other = { ...engine, owner: randomUUID() };
    const dead = await execa('sh', ['-c', 'echo $$']);
    await using living = await testSandbox(own, image);
    const { Config } = await own.docker.getContainer(living.id).inspect();
    const mine = Config.Labels[label.controller] ?? '';
    const deadController = mine.replace(/\/\d+\/.*/, `/${dead.stdout}/1`);
    await idle(own, { [label.controller]: mine, [label.expires]: String(Date.now() - 1) });
    await idle(own, { [label.controller]: deadController });
    const foreign = await idle(other, { [label.controller]: deadController });
    // As someone else's `docker run` of an image that a sandbox was committed to.
    const inherited = await idle(own, {
      [label.controller]: deadController,
      [label.container]: 'whetstone-another',
    });

    expect(await reap(engine, { owner: own.owner })).toEqual({ containers: 2, images: 0, volumes: 0 });
    expect((await containersOf(own)).sort()).toEqual([living.id, inherited.id].sort());
    expect(await containersOf(other)).toEqual([foreign.id]);

    expect(await reap(engine, { owner: own.owner, now: Date.now() + 3_600_000 })).toMatchObject({
      containers: 1,
    });
    await inherited.remove();
    expect(await reap(engine, { owner: other.owner, all: true })).toMatchObject({ containers: 1 });
    expect([...(await containersOf(own)), ...(await containersOf(other))]).toEqual([]);
  });

  test('takes images that lost their tag', async () => {
    const own = { ...engine, owner: randomUUID() };
    await using sandbox = await testSandbox(own, image);
    const tag = `whetstone/test:${own.owner}`;
    const labels = { [label.owner]: own.owner };
    await sandbox.commit(tag, { labels });
    await sandbox.writeFile('/store/second', 'two');
    await sandbox.commit(tag, { labels });
    // One that is only now being committed has no tag either.
    expect(await reap(engine, { owner: own.owner })).toMatchObject({ containers: 0, images: 0 });
    const later = Date.now() + limits.untaggedMs + 1_000;
    await using other = await testSandbox(own, image, { ttlMs: 3_600_000 });
    await sandbox[Symbol.asyncDispose]();
    expect(await reap(engine, { owner: own.owner, now: later })).toMatchObject({ containers: 0, images: 1 });
    expect(await other.isRunning()).toBe(true);
    await engine.docker.getImage(tag).remove();
  });
});
