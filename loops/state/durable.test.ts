import { expect, test } from 'vitest';
import { spawnFixture, temporaryState } from './fixtures/spawn-fixture.ts';

test('a workflow goes on after kill -9, a failure and a cancellation, and runs once', async () => {
  await using state = await temporaryState();
  const start = (version: string, ...runs: string[]) =>
    spawnFixture('run-workflow', [state.path, version, ...runs]);

  expect((await start('1', 'a:die').child).signal).toBe('SIGKILL');

  const second = start('1', 'a:pass', 'a:fail', 'b:fail', 'b:pass', 'c:cancel', 'c:pass', 'd:die');
  const kept = { emitted: ['one', 'two'], servers: 0 };
  // The step in flight runs again, its effect is there once; the one before it does not run again.
  expect(await second.next()).toMatchObject({ result: 42, ran: ['two'], ...kept, warnings: [] });
  // Finished: the stored result, and nothing runs.
  expect(await second.next()).toMatchObject({ result: 42, ran: [], ...kept, warnings: [] });
  expect(await second.next()).toMatchObject({
    error: 'the second step failed',
    ran: ['one', 'two'],
    ...kept,
  });
  expect(await second.next()).toMatchObject({ result: 42, ran: ['two'], ...kept });
  expect(await second.next()).toMatchObject({
    error: expect.stringMatching(/cancel/i),
    ran: ['one', 'two'],
    ...kept,
  });
  const resumed = await second.next<{ ran: string[] }>();
  expect(resumed).toMatchObject({ result: 42, ...kept });
  expect(resumed.ran).not.toContain('one');
  expect((await second.child).signal).toBe('SIGKILL');

  // What another version left is not continued but done over.
  expect(await start('2', 'd:pass').next()).toMatchObject({ result: 42, ran: ['one', 'two'], ...kept });
});
