import { once } from 'node:events';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { isGone, thisController } from './labels.ts';

test('this process is alive, and one that ended is gone', async () => {
  const mine = thisController();
  expect(isGone(mine)).toBe(false);
  const [machine, , started] = mine.split('/');
  const child = execa('sleep', ['60'], { reject: false });
  expect(isGone(`${machine}/${child.pid}/${started}`), 'the same pid with another start time').toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isGone(`${machine}/${child.pid}/1`)).toBe(true);
});

test('nothing is known of another machine', () => {
  expect(isGone('elsewhere/1/1')).toBe(false);
  expect(isGone('unknown/1/1')).toBe(false);
  expect(isGone('')).toBe(false);
});
