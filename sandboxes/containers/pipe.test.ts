import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { testEngine, testSandbox } from '../test-engine.ts';
import type { Sandbox } from './sandbox.ts';

let engine: Engine;
let image: string;
let sandbox: Sandbox;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
  sandbox = await testSandbox(engine, image);
}, 900_000);
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

const echo = `
  console.error('ready');
  require('readline').createInterface({ input: process.stdin }).on('line', (line) => console.log('got ' + line));
`;

describe('pipe', () => {
  test('answers line by line, and ends when its stdin ends', async () => {
    const pipe = await sandbox.pipe(['node', '-e', echo]);
    const lines = createInterface({ input: pipe })[Symbol.asyncIterator]();
    for (const word of ['one', 'two', 'three']) {
      pipe.write(`${word}\n`);
      expect(await lines.next()).toEqual({ done: false, value: `got ${word}` });
    }
    pipe.end('last\n');
    expect((await lines.next()).value).toBe('got last');
    expect((await lines.next()).done).toBe(true);
    expect(pipe.exitCode).toBe(0);
    expect(pipe.stderrTail()).toBe('ready\n');
  });

  test('carries 20 MB there and back unchanged', async () => {
    const sent = Buffer.alloc(20 * 2 ** 20, 'abcdefghijk');
    const pipe = await sandbox.pipe(['cat']);
    const back = buffer(pipe);
    pipe.end(sent);
    expect((await back).equals(sent)).toBe(true);
  });

  test('tells how a process that failed ended, with the end of its stderr', async () => {
    const pipe = await sandbox.pipe(['sh', '-c', 'seq 1 20000 >&2; echo out; exit 5']);
    expect(await text(pipe)).toBe('out\n');
    expect(pipe.exitCode).toBe(5);
    expect(pipe.stderrTail().endsWith('19999\n20000\n')).toBe(true);
    expect(pipe.stderrTail().length).toBeLessThan(20_000);
  });

  test('destroying it kills its processes', async () => {
    const pipe = await sandbox.pipe(['sh', '-c', 'sleep 4713 & echo up; sleep 4713']);
    await once(pipe, 'data');
    pipe.destroy();
    await once(pipe, 'close');
    expect((await sandbox.exec(['pgrep', '-fc', '^sleep 4713'], { timeoutMs: 5_000 })).stdout.trim()).toBe(
      '0',
    );
  });

  test('a reader that pauses stops the writer instead of filling our memory', async () => {
    const pipe = await sandbox.pipe(['yes']);
    await once(pipe, 'readable');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(pipe.readableLength).toBeLessThan(2 ** 20);
    pipe.destroy();
    await once(pipe, 'close');
  });

  test('fails with sandbox-died when the sandbox goes', async () => {
    const short = await testSandbox(engine, image);
    const pipe = await short.pipe(['cat']);
    const closed = new Promise((resolve) => pipe.on('close', resolve));
    pipe.on('error', () => {});
    pipe.resume();
    await short[Symbol.asyncDispose]();
    await closed;
    expect(pipe.errored).toMatchObject({ code: 'sandbox-died' });
  });
});
