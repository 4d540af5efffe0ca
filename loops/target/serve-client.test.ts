import { Duplex, PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { ServeClient } from './serve-client.ts';

/** A process at the other end of the pipe, which answers each line by what `answer` says. */
function serve(answer: (request: { id: number; query: string; params: unknown[] }) => string | undefined) {
  const toProcess = new PassThrough();
  const fromProcess = new PassThrough();
  toProcess.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split('\n')) {
      const said = answer(JSON.parse(line) as { id: number; query: string; params: unknown[] });
      if (said !== undefined) fromProcess.write(said);
    }
  });
  return {
    client: new ServeClient(Duplex.from({ readable: fromProcess, writable: toProcess })),
    fromProcess,
  };
}

const rows = (id: number) => `${JSON.stringify({ id, columns: ['n'], types: ['int4'], rows: [['1']] })}\n`;

test('an answer in pieces is put together; its time ends with its last byte', async () => {
  const { client, fromProcess } = serve(({ id }) => {
    const text = rows(id);
    setTimeout(() => fromProcess.write(text.slice(5)), 30);
    return text.slice(0, 5);
  });
  const reply = await client.request('q', [], 1_000);
  expect(reply).toMatchObject({ outcome: 'answered', result: { rows: [['1']] } });
  expect(reply.ms).toBeGreaterThan(25);
});

test('an error of the target is an answer of its own', async () => {
  const { client } = serve(({ id }) => `${JSON.stringify({ id, error: 'no such query' })}\n`);
  expect(await client.request('q', [], 1_000)).toMatchObject({ outcome: 'failed', error: 'no such query' });
});

test('a late answer is not taken for the next one once it was waited for', async () => {
  let first = true;
  const { client, fromProcess } = serve(({ id }) => {
    if (!first) return rows(id);
    first = false;
    setTimeout(() => fromProcess.write(rows(id)), 60);
    return undefined;
  });
  expect(await client.request('q', [], 20)).toMatchObject({ outcome: 'late', ms: 20 });
  expect(await client.settle(1_000)).toBe(true);
  expect(await client.request('q', [], 1_000)).toMatchObject({ outcome: 'answered' });
});

test.each([
  ['text that is no JSON', () => 'hello\n'],
  ['another id', ({ id }: { id: number }) => rows(id + 1)],
  [
    'rows that are no lists',
    ({ id }: { id: number }) => `${JSON.stringify({ id, columns: [], types: [], rows: [1] })}\n`,
  ],
])('%s is no answer', async (_, answer) => {
  expect(await serve(answer).client.request('q', [], 1_000)).toMatchObject({ outcome: 'gone' });
});

test('a process that ends is gone, for the request that waits and for all later ones', async () => {
  const { client, fromProcess } = serve(() => {
    fromProcess.end();
    return undefined;
  });
  expect(await client.request('q', [], 1_000)).toMatchObject({ outcome: 'gone' });
  expect(await client.request('q', [], 1_000)).toMatchObject({ outcome: 'gone' });
});
