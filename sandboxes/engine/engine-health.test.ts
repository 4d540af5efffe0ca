import { expect, test } from 'vitest';
import { testSandbox } from '../test-engine.ts';
import { startPrivateEngine } from '../testing/private-engine.ts';
import { importSmallImage } from '../testing/small-image.ts';
import { engineHealth } from './engine-health.ts';

test('an engine tells how it does, also one that hangs, that is dead, and that is back', async () => {
  await using own = await startPrivateEngine();
  const engine = await own.connect();
  const up = { state: expect.stringMatching(/^(up|slow)$/), version: engine.version, running: 0 };
  // Its folder is there for this process as well, though its disk is not.
  const disk = { freeBytes: expect.any(Number), totalBytes: expect.any(Number) };
  expect(await engineHealth(engine)).toMatchObject({ ...up, disk });
  expect(await engineHealth({ ...engine, dataFolder: undefined })).toMatchObject({ ...up, disk: undefined });

  const image = await importSmallImage(engine);
  await using _sandbox = await testSandbox(engine, image);
  expect(await engineHealth(engine)).toMatchObject({ ...up, running: 1 });

  await own.signal('STOP');
  const hangs = await engineHealth(engine, { withinMs: 300 });
  await own.signal('CONT');
  expect(hangs).toMatchObject({ state: 'down', why: expect.stringContaining('did not answer within') });
  expect(hangs.latencyMs).toBeGreaterThanOrEqual(290);
  const stopped = await engineHealth(engine, { signal: AbortSignal.abort(new Error('no more')) });
  expect(stopped).toMatchObject({ state: 'down' });

  await own.kill();
  expect(await engineHealth(engine)).toMatchObject({
    state: 'down',
    why: expect.stringContaining('ECONNREFUSED'),
  });
  await own.start();
  expect(await engineHealth(engine)).toMatchObject(up);
});
