import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { removeContainer } from '../containers/remove-container.ts';
import type { Engine } from '../engine/engine.ts';
import { removeImage } from '../reap.ts';
import { containersOf, testEngine, until, withOwnOwner } from '../test-engine.ts';
import { importSmallImage, smallPrograms } from '../testing/small-image.ts';
import { openTrials, type TrialRunnerOptions } from './open-trials.ts';
import type { Job, TrialRunner } from './trial.ts';

let engine: Engine;
let image: string;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
}, 900_000);

function open(own: Engine, options: Partial<TrialRunnerOptions> = {}): TrialRunner {
  return openTrials(own, { image, purpose: 'test', concurrency: 2, ...options });
}

const quick: Job = { command: ['hostname'], timeoutMs: 20_000 };

/** How many of the owner's containers there are, that many and no fewer at some moment within 10 s. */
const untilThereAre = (own: Engine, count: number) =>
  until(async () => (await containersOf(own)).length === count, 10_000);

/** Those that run, as an engine that loses them; one that is just gone is fine. */
async function removeAll(own: Engine): Promise<void> {
  const running = await own.docker.listContainers({
    filters: { label: [`dev.whetstone.owner=${own.owner}`] },
  });
  for (const { Id } of running) await removeContainer(own.docker.getContainer(Id));
}

test('spare containers are there before a job is, each runs one, and none is left at the end', async () => {
  const own = withOwnOwner(engine);
  {
    await using trials = open(own, { spare: 2 });
    await untilThereAre(own, 2);
    const waiting = (await containersOf(own)).map((id) => id.slice(0, 12));
    const names = (await Promise.all([trials.run(quick), trials.run(quick)])).map(({ stdout }) =>
      stdout.toString().trim(),
    );
    expect(names.sort()).toEqual(waiting.sort());
    const next = (await trials.run(quick)).stdout.toString().trim();
    expect(waiting).not.toContain(next);
    await untilThereAre(own, 2);
  }
  // The engine may be at it still: whoever hung up does not wait for that.
  await untilThereAre(own, 0);
});

test('no more run at once than may, and all that wait get their turn', async () => {
  const own = withOwnOwner(engine);
  await using trials = open(own, { concurrency: 2, spare: 0 });
  let most = 0;
  let over = false;
  const watching = (async () => {
    while (!over) {
      const running = await own.docker.listContainers({
        filters: { label: [`dev.whetstone.owner=${own.owner}`] },
      });
      // One that is on its way out may still be listed.
      most = Math.max(most, running.length);
      await sleep(20);
    }
  })();
  const done = await Promise.all(
    Array.from({ length: 6 }, (_, at) =>
      trials.run({ command: ['sh', '-c', `sleep 0.3; echo ${at}`], timeoutMs: 20_000 }),
    ),
  );
  over = true;
  await watching;
  expect(done.map(({ stdout }) => stdout.toString())).toEqual(['0\n', '1\n', '2\n', '3\n', '4\n', '5\n']);
  expect(most).toBeLessThanOrEqual(4);
});

test('a job whose container goes is run again, and a job that always loses it is told of', async () => {
  const own = withOwnOwner(engine);
  await using trials = open(own, { concurrency: 1, spare: 0 });
  const running = trials.run({ command: ['sh', '-c', 'sleep 2; echo whole'], timeoutMs: 20_000 });
  await untilThereAre(own, 1);
  await sleep(300);
  await removeAll(own);
  const done = await running;
  expect(done).toMatchObject({ outcome: 'completed', exitCode: 0, attempts: 2 });
  expect(done.stdout.toString()).toBe('whole\n');

  const killer = setInterval(() => removeAll(own), 50);
  const lost = await trials
    .run({ command: ['sleep', '20'], timeoutMs: 30_000 })
    .finally(() => clearInterval(killer));
  expect(lost).toMatchObject({ outcome: 'sandbox_died', exitCode: null, attempts: 3 });
});

test('spare containers that were lost are replaced without a word', async () => {
  const own = withOwnOwner(engine);
  await using trials = open(own, { spare: 2 });
  await untilThereAre(own, 2);
  await removeAll(own);
  const done = await trials.run(quick);
  expect(done).toMatchObject({ outcome: 'completed', attempts: 1 });
  await untilThereAre(own, 2);
});

describe('what ends a runner ends its jobs as killed, and takes its containers', () => {
  test.each(['disposal', 'its signal'])('%s', async (how) => {
    const own = withOwnOwner(engine);
    const abort = new AbortController();
    const trials = open(own, { spare: 1, concurrency: 1, signal: abort.signal });
    const jobs = [1, 2, 3].map(() => trials.run({ command: ['sleep', '60'], timeoutMs: 90_000 }));
    await sleep(1_000);
    if (how === 'its signal') abort.abort(new Error('enough'));
    else await trials[Symbol.asyncDispose]();
    expect((await Promise.all(jobs)).map(({ outcome }) => outcome)).toEqual(['killed', 'killed', 'killed']);
    await trials[Symbol.asyncDispose]();
    // The engine may be at it still: whoever hung up does not wait for that.
    await untilThereAre(own, 0);
    expect((await trials.run(quick)).outcome).toBe('killed');
  });
});

describe('what no other try would mend is a fault', () => {
  test('an image that is not there', async () => {
    await using trials = open(engine, { image: 'whetstone/none:none' });
    await expect(trials.run(quick)).rejects.toMatchObject({ code: 'no-such-image' });
  });

  test('an image without what a supervisor needs, which is named', async () => {
    const small = `lacks-${engine.owner}:1`;
    await importSmallImage(
      engine,
      small,
      smallPrograms.filter((name) => name !== 'setpriv'),
    );
    try {
      await using trials = open(engine, { image: small, spare: 0 });
      await expect(trials.run(quick)).rejects.toMatchObject({
        code: 'image-lacks',
        message: expect.stringContaining('`setpriv`'),
      });
    } finally {
      await removeImage(engine, small);
    }
  });

  test('files that are no archive, or more than there is room for', async () => {
    await using trials = open(engine, { spare: 0 });
    const tries = [Buffer.alloc(5_000, 'x'), Buffer.from('x')];
    for (const files of tries)
      await expect(trials.run({ ...quick, files })).rejects.toMatchObject({ code: 'files-do-not-fit' });
  });
});
