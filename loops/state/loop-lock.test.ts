import { expect, test } from 'vitest';
import { spawnFixture, temporaryState } from './fixtures/spawn-fixture.ts';
import { holdLoopLock } from './loop-lock.ts';
import { openState } from './open-state.ts';

test('a second loop is told who holds the first, and takes over once that is killed', async () => {
  await using directory = await temporaryState();
  const holder = spawnFixture('hold-state', [directory.path, 'lock']);
  await holder.next();
  await using state = await openState({
    stateDirectory: directory.path,
    target: 'held',
    progress: () => undefined,
    signal: new AbortController().signal,
  });
  await expect(holdLoopLock(state)).rejects.toMatchObject({
    code: 'loop-running',
    message: expect.stringContaining(`process ${holder.child.pid}`),
  });
  await using other = await holdLoopLock({ ...state, target: 'another' });
  expect(other).toBeDefined();

  holder.child.kill('SIGKILL');
  await using lock = await holdLoopLock(state);
  expect(lock).toBeDefined();
});
