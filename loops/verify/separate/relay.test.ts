import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader, frame } from './frame-reader.ts';
import { type RelayLimits, type RelayOptions, relay } from './relay.ts';

const limits: RelayLimits = {
  messageBytes: 1_000,
  codeBytes: 5_000,
  answerMs: 2_000,
  fileMs: 5_000,
  totalMs: 10_000,
};
const nonce = '0123456789abcdef0123456789abcdef';
const data = (...parts: (string | Uint8Array)[]) =>
  frame(Buffer.of(0), ...parts.map((part) => Buffer.from(part)));
const control = (message: unknown) => frame(Buffer.of(1), Buffer.from(JSON.stringify(message)));
const open = control({ open: nonce, file: 'a.test.ts' });

/** A relay whose test side is told what to say, and whose code side is a function. */
function connect(code: (stream: Duplex) => void, options: Partial<RelayOptions> = {}) {
  const [tests, far] = duplexPair();
  const heard: Buffer[] = [];
  const reader = new FrameReader(10_000);
  let wake = () => {};
  // Unlike a process's, the two ends of a pair live and die each by itself.
  tests.on('close', () => far.destroy());
  far.on('error', () => {});
  far.on('data', (chunk: Buffer) => {
    heard.push(...(reader.push(chunk) as Buffer[]));
    wake();
  });
  const outcome = relay({
    tests,
    limits,
    async openCode() {
      const [near, process] = duplexPair();
      near.on('close', () => process.destroy());
      process.on('error', () => {});
      code(process);
      return near;
    },
    ...options,
  });
  return {
    outcome,
    far,
    /** The next thing that the tests hear, without the byte that says what it is. */
    async hear() {
      while (heard.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const message = heard.shift() as Buffer;
      return { control: message[0] === 1, text: message.subarray(1).toString() };
    },
  };
}

/** Answers each message with what `reply` makes of it, in a turn of the event loop of its own, as a process would. */
const answering = (reply: (message: string) => string | Uint8Array) => (stream: Duplex) => {
  const reader = new FrameReader(10_000);
  stream.on('data', (chunk: Buffer) => {
    for (const message of reader.push(chunk) as Buffer[])
      setImmediate(() => stream.write(frame(Buffer.from(reply(message.toString())))));
  });
};
const echo = answering((message) => message.toUpperCase());

describe('messages', () => {
  test('are cut from a stream however it comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), fc.array(fc.integer({ min: 1, max: 9 })), (messages, sizes) => {
        const bytes = Buffer.concat(messages.map((message) => frame(message)));
        const reader = new FrameReader(1_000);
        const seen: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? bytes.length;
          seen.push(...(reader.push(bytes.subarray(at, at + size)) as Buffer[]));
          at += size;
        }
        expect(seen.map((message) => [...message])).toEqual(messages.map((message) => [...message]));
      }),
    );
  });

  test('that are too long are refused by what they say of themselves', () => {
    const header = Buffer.alloc(4);
    header.writeUInt32LE(101);
    expect(new FrameReader(100).push(header)).toBe('too-long');
    expect(new FrameReader(101).push(header)).toEqual([]);
  });
});

describe('relay', () => {
  test('carries questions and answers until the tests end', async () => {
    const { far, hear, outcome } = connect(echo);
    far.write(open);
    expect(await hear()).toEqual({ control: true, text: nonce });
    far.write(data('one'));
    expect(await hear()).toEqual({ control: false, text: 'ONE' });
    far.end();
    expect(await outcome).toEqual({
      outcome: 'tests-ended',
      detail: '',
      files: [{ file: 'a.test.ts', end: 'closed', detail: '', messages: 1, codeBytes: 7 }],
    });
  });

  test('gives each file a process of its own, and ends the one before', async () => {
    const streams: Duplex[] = [];
    const { far, hear, outcome } = connect((stream) => {
      const nth = streams.push(stream);
      answering(() => `process ${nth}`)(stream);
    });
    for (const turn of [1, 2]) {
      far.write(open);
      await hear();
      far.write(data('x'));
      expect((await hear()).text).toBe(`process ${turn}`);
    }
    far.end();
    expect((await outcome).files).toHaveLength(2);
    // One was ready for a third file.
    expect(streams).toHaveLength(3);
    await Promise.all(streams.map((stream) => stream.destroyed || once(stream, 'close')));
  });

  test('lets no process disturb a file that is not its own', async () => {
    const streams: Duplex[] = [];
    const { far, hear, outcome } = connect((stream) => {
      const nth = streams.push(stream);
      if (nth === 2) stream.write('unasked');
      answering(() => `process ${nth}`)(stream);
    });
    far.write(open);
    await hear();
    await new Promise((resolve) => setTimeout(resolve, 20));
    far.write(data('x'));
    expect((await hear()).text).toBe('process 1');
    far.write(open);
    await hear();
    far.write(data('x'));
    expect(await hear()).toMatchObject({ control: true, text: expect.stringContaining('code-breach') });
    far.end();
    expect((await outcome).files.map(({ end }) => end)).toEqual(['closed', 'code-breach']);
  });

  test('tells the tests that the code ended, during a call and after one, and goes on', async () => {
    const { far, hear, outcome } = connect((stream) => {
      stream.on('data', (chunk: Buffer) => {
        if (chunk.includes('answer')) stream.write(frame(Buffer.from('last words')));
        stream.end();
      });
    });
    far.write(open);
    await hear();
    far.write(data('die'));
    expect(await hear()).toEqual({ control: true, text: '{"ended":"code-ended, its process ended"}' });
    far.write(open);
    await hear();
    far.write(data('answer'));
    expect((await hear()).text).toBe('last words');
    await new Promise((resolve) => setTimeout(resolve, 20));
    far.write(data('more'));
    expect(await hear()).toMatchObject({ control: true });
    far.end();
    expect(await outcome).toMatchObject({
      outcome: 'code-ended',
      detail: 'a.test.ts: its process ended',
      files: [{ end: 'code-ended' }, { end: 'code-ended' }],
    });
  });

  test.each([
    ['a message that is too long', Buffer.from([255, 255, 255, 127]), 'a message is too long'],
    [
      'two messages',
      Buffer.concat([frame(Buffer.from('1')), frame(Buffer.from('2'))]),
      'it spoke out of turn',
    ],
    ['random bytes', Buffer.from('{"ok":true,"tests":12}\n'), 'a message is too long'],
  ])('calls %s a breach of the code', async (_, bytes, detail) => {
    const { far, hear, outcome } = connect((stream) => stream.once('data', () => stream.write(bytes)));
    far.write(open);
    await hear();
    far.write(data('x'));
    expect((await hear()).text).toContain(`code-breach, ${detail}`);
    far.end();
    expect(await outcome).toMatchObject({ outcome: 'code-breach', detail: `a.test.ts: ${detail}` });
  });

  test('calls words that nobody asked for a breach, whenever they come', async () => {
    const { far, hear, outcome } = connect((stream) => {
      stream.write(frame(Buffer.from('hello')));
      echo(stream);
    });
    far.write(open);
    await hear();
    await new Promise((resolve) => setTimeout(resolve, 20));
    far.write(data('x'));
    expect((await hear()).text).toContain('it spoke out of turn');
    far.end();
    expect((await outcome).outcome).toBe('code-breach');
  });

  test('believes the test side about what messages say', async () => {
    const { far, hear, outcome } = connect(echo);
    far.write(open);
    await hear();
    far.write(control({ breach: 'no such value' }));
    far.end();
    expect(await outcome).toMatchObject({ outcome: 'code-breach', detail: 'a.test.ts: no such value' });
  });

  test('cuts code that does not answer, that asks without end, and a run without end', async () => {
    const asked = async (code: (stream: Duplex) => void, own: Partial<RelayLimits>) => {
      const { far, hear, outcome } = connect(code, { limits: { ...limits, ...own } });
      far.write(open);
      await hear();
      far.write(data('x'));
      for (let message = await hear(); !message.control; message = await hear()) far.write(data('x'));
      far.end();
      return await outcome;
    };
    const silent = (stream: Duplex) => stream.resume();
    expect(await asked(silent, { answerMs: 30 })).toMatchObject({
      outcome: 'code-timed-out',
      detail: 'a.test.ts: no answer within 30 ms',
    });
    expect(await asked(echo, { fileMs: 50, codeBytes: 2 ** 40 })).toMatchObject({
      outcome: 'code-timed-out',
      detail: 'a.test.ts: not done within 50 ms',
    });
    expect(await asked(echo, {})).toMatchObject({
      outcome: 'code-breach',
      detail: 'a.test.ts: it said more than 5000 bytes',
    });
    const { far, hear, outcome } = connect(silent, { limits: { ...limits, totalMs: 60 } });
    far.write(open);
    await hear();
    far.write(data('x'));
    expect(await outcome).toMatchObject({
      outcome: 'timed-out',
      detail: 'cut after 60 ms, while the code under test had the turn',
    });
    expect(far.destroyed || (await once(far, 'close'))).toBeTruthy();
  });

  test('never takes what the code does for a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.uint8Array(),
            fc.uint8Array().map((bytes) => frame(bytes)),
          ),
          { maxLength: 5 },
        ),
        fc.constantFrom('end', 'destroy', 'fail', 'stay'),
        async (chunks, ending) => {
          const { far, hear, outcome } = connect(
            (stream) => {
              stream.once('data', () => {
                for (const chunk of chunks) stream.write(chunk);
                if (ending === 'end') stream.end();
                if (ending === 'destroy') stream.destroy();
                if (ending === 'fail') stream.destroy(new Error('sandbox-died'));
              });
            },
            { limits: { ...limits, answerMs: 20 } },
          );
          far.write(open);
          await hear();
          far.write(data('x'));
          await hear();
          far.end();
          expect((await outcome).outcome).toMatch(/^(tests-ended|code-(ended|breach|timed-out))$/);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ['words to nobody', data('x')],
    ['unknown control', control({ stop: true })],
    ['text', frame(Buffer.from([1]), Buffer.from('{'))],
    ['a message that is too long', Buffer.from([255, 255, 255, 127])],
  ])('calls %s a breach of the tests', async (_, bytes) => {
    const { far, outcome } = connect(echo);
    far.write(bytes);
    expect((await outcome).outcome).toBe('tests-breach');
  });

  test('throws what is our own fault, and the reason of an abort', async () => {
    const failing = connect(echo, {
      openCode: async () => {
        throw new Error('no engine');
      },
    });
    failing.far.write(open);
    await expect(failing.outcome).rejects.toThrow('no engine');

    const broken = duplexPair();
    const run = relay({ tests: broken[0], limits, openCode: async () => duplexPair()[0] });
    broken[0].destroy(new Error('sandbox-died'));
    await expect(run).rejects.toThrow('sandbox-died');

    const abort = new AbortController();
    const aborted = connect(echo, { signal: abort.signal });
    aborted.far.write(open);
    await aborted.hear();
    abort.abort(new Error('Ctrl-C'));
    await expect(aborted.outcome).rejects.toThrow('Ctrl-C');
  });
});
