import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SandboxFault } from '../fault.ts';
import { bakeImage } from '../images/bake-image.ts';
import { listImages } from '../images/list-images.ts';
import { limits } from '../limits.ts';
import { reap } from '../reap.ts';
import { containersOf, testSandbox, until } from '../test-engine.ts';
import { type PrivateEngine, startPrivateEngine } from '../testing/private-engine.ts';
import { importSmallImage } from '../testing/small-image.ts';
import type { Engine } from './engine.ts';
import { followProgress } from './follow-progress.ts';

let own: PrivateEngine;
let engine: Engine;
let image: string;

beforeAll(async () => {
  own = await startPrivateEngine();
  image = await importSmallImage(await own.connect());
});
afterAll(async () => {
  await own[Symbol.asyncDispose]();
});
beforeEach(async () => {
  engine = await own.connect();
});
/** After each death: the engine is started again, and the reaper takes what is left. */
afterEach(async () => {
  if (!(await own.connect().catch(() => undefined))) await own.start();
  await reap(engine, { owner: engine.owner, all: true });
  await until(async () => (await thoseThatAre(await containersOf(engine))).length === 0, 5_000);
  expect(await listImages(engine, engine.owner)).toEqual([]);
  expect((await engine.docker.listImages({ all: true })).flatMap(({ RepoTags }) => RepoTags)).toEqual([
    image,
  ]);
});

/** Docker 20.10 now and then goes on to list a container that was removed while it started, and that it does not have. */
async function thoseThatAre(ids: readonly string[]): Promise<string[]> {
  const asked = await Promise.allSettled(ids.map((id) => engine.docker.getContainer(id).inspect()));
  return ids.filter((_, at) => asked[at]?.status === 'fulfilled');
}

const fault = {
  name: 'SandboxFault',
  kind: 'infrastructure',
  code: expect.stringMatching(/^(no-engine|sandbox-died)$/),
};

describe('an engine that is killed in the middle of', () => {
  test('an exec makes a fault of it, never an exit code', async () => {
    const sandbox = await testSandbox(engine, image);
    const running = sandbox.exec(['sleep', '60'], { timeoutMs: 60_000 });
    running.catch(() => {});
    await sleep(300);
    await own.kill();
    await expect(running).rejects.toMatchObject(fault);
    await expect(sandbox.exec(['true'], { timeoutMs: 1_000 })).rejects.toMatchObject({
      ...fault,
      code: 'no-engine',
    });
    await expect(sandbox.readFile('/etc/passwd')).rejects.toMatchObject({ ...fault, code: 'no-engine' });
    expect(await sandbox.isRunning()).toBe(false);
  });

  test('an exec and is back at once makes a fault of it as well', async () => {
    const sandbox = await testSandbox(engine, image);
    const running = sandbox.exec(['sleep', '60'], { timeoutMs: 60_000 });
    running.catch(() => {});
    await sleep(300);
    await own.kill();
    await own.start();
    await expect(running).rejects.toMatchObject(fault);
    await expect(sandbox.exec(['true'], { timeoutMs: 1_000 })).rejects.toMatchObject({
      ...fault,
      code: 'sandbox-died',
    });
  });

  test('an exec that would end with 0 makes no success and no failure of it', async () => {
    for (const afterMs of [0, 20, 60, 150]) {
      const sandbox = await testSandbox(engine, image);
      const ended = sandbox.exec(['sh', '-c', 'sleep 0.1; exit 0'], { timeoutMs: 20_000 }).then(
        (outcome) => outcome,
        (error: unknown) => error,
      );
      await sleep(afterMs);
      await own.kill();
      const result = await ended;
      if (result instanceof Error) expect(result).toMatchObject(fault);
      // It had ended before.
      else expect(result).toMatchObject({ outcome: 'completed', exitCode: 0 });
      await own.start();
    }
  });

  test('a pipe fails it', async () => {
    const sandbox = await testSandbox(engine, image);
    const pipe = await sandbox.pipe(['cat']);
    pipe.write('hello');
    await once(pipe, 'data');
    const failed = once(pipe, 'error');
    await own.kill();
    expect((await failed)[0]).toMatchObject(fault);
  });

  test('opening a sandbox makes one fault of it, at whatever moment', async () => {
    for (const afterMs of [0, 15, 40, 80, 130]) {
      const opening = testSandbox(engine, image).then(
        () => 'open',
        (error: unknown) => error,
      );
      await sleep(afterMs);
      await own.kill();
      const opened = await opening;
      if (opened !== 'open') expect(opened).toMatchObject({ ...fault, code: 'no-engine' });
      await own.start();
    }
  });

  test('a commit makes a fault of it, and no image', async () => {
    const sandbox = await testSandbox(engine, image);
    await sandbox.exec(['sh', '-c', 'head -c 200000000 /dev/urandom > /tmp/much'], { timeoutMs: 60_000 });
    const committing = sandbox.commit('whetstone/test-dies:1', { labels: { owner: engine.owner } });
    committing.catch(() => {});
    await sleep(100);
    await own.kill();
    await expect(committing).rejects.toMatchObject({ ...fault, code: 'no-engine' });
  });

  test('the making of an image makes a fault of it, and no image', async () => {
    const options = {
      name: 'test-dies',
      from: image,
      key: randomUUID(),
      timeoutMs: 30_000,
      progress: () => {},
    };
    const baking = bakeImage(engine, options, async (sandbox) => {
      const step = sandbox.exec(['sleep', '20'], { timeoutMs: 25_000 });
      step.catch(() => {});
      await sleep(200);
      await own.kill();
      await step;
    });
    await expect(baking).rejects.toMatchObject(fault);
  });

  test('an import fails it, which dockerode’s own way of following takes for success', async () => {
    const archive = new PassThrough();
    const importing = engine.docker.importImage(archive, { repo: 'half', tag: '1' }).then(followProgress);
    importing.catch(() => {});
    archive.write(Buffer.alloc(1_000_000));
    await sleep(200);
    await own.kill();
    archive.destroy();
    await expect(importing).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
  });
});

test('what an engine says of its work that failed is thrown, and an end too early as well', async () => {
  const told = (text: string) => {
    const stream = new PassThrough();
    stream.write(text);
    return stream;
  };
  await expect(followProgress(told('{"status":"a"}\n{"error":"no space left"}\n').end())).rejects.toThrow(
    'no space left',
  );
  await expect(followProgress(told('{"status":"\\"error\\""}\n').end())).resolves.toBeUndefined();
  const early = told('{"status":"a"}\n');
  setTimeout(() => early.destroy(), 20);
  await expect(followProgress(early)).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
});

test('an engine that hangs ends an exec all the same, as a fault', async () => {
  const sandbox = await testSandbox(engine, image);
  const running = sandbox.exec(['sleep', '60'], { timeoutMs: 500 });
  running.catch(() => {});
  await sleep(300);
  await own.signal('STOP');
  const started = performance.now();
  try {
    await expect(running).rejects.toSatisfy(
      (error) => error instanceof SandboxFault && error.code === 'kill-failed',
    );
    const { killAfterMs, graceMs, killMs } = limits.exec;
    expect(performance.now() - started).toBeLessThan(500 + killAfterMs + graceMs + killMs + 10_000);
  } finally {
    await own.signal('CONT');
  }
});
