import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { reap } from '../reap.ts';
import { containersOf, until } from '../test-engine.ts';
import { startPrivateEngine } from '../testing/private-engine.ts';
import { importSmallImage } from '../testing/small-image.ts';
import { openTrials } from './open-trials.ts';

/** The engine is stopped as a service manager does, or killed, and started again while trials run. */
test.each(['stop', 'kill'] as const)(
  'an engine that was restarted during work loses no result and leaves nothing: %s',
  async (how) => {
    await using own = await startPrivateEngine();
    const engine = await own.connect();
    const image = await importSmallImage(engine);
    const told: string[] = [];
    {
      await using trials = openTrials(engine, { image, purpose: 'test', concurrency: 3 });
      const jobs = Array.from({ length: 18 }, async (_, at) => {
        const done = await trials.run({
          command: ['sh', '-c', `sleep 0.5; echo ${at}`],
          timeoutMs: 30_000,
        });
        told.push(`${done.outcome} ${done.exitCode} ${done.stdout.toString().trim()}`);
        return done.attempts;
      });
      await until(async () => told.length >= 3, 20_000);
      const before = [...told];
      await sleep(Math.random() * 500);
      await own[how]();
      await own.start();
      const attempts = await Promise.all(jobs);
      // What was told before stays told, once; what ran meanwhile was run again.
      expect(told.slice(0, before.length)).toEqual(before);
      expect(Math.max(...attempts)).toBeGreaterThan(1);
    }
    expect(told.sort()).toEqual(Array.from({ length: 18 }, (_, at) => `completed 0 ${at}`).sort());
    await reap(engine, { owner: engine.owner });
    await until(async () => (await containersOf(engine)).length === 0, 10_000);
    expect((await engine.docker.listVolumes()).Volumes).toEqual([]);
  },
  120_000,
);
