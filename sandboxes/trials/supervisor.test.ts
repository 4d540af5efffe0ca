import { execa } from 'execa';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { encodeJob } from './supervisor.ts';

const job = { command: ['true'], timeoutMs: 1_500 };

test('the head line tells the lengths of what follows', () => {
  const files = Buffer.alloc(1024, 1);
  const encoded = encodeJob({ ...job, files, result: { path: '/work/r', maxBytes: 10 } }, 'NONCE');
  const newline = encoded.indexOf('\n');
  const [nonce, seconds, size, max, path] = encoded.subarray(0, newline).toString().split(' ');
  expect([nonce, seconds, size, max, path]).toEqual(['NONCE', '1.5', '1024', '11', '/work/r']);
  expect(encoded.subarray(0, -1024).toString().match(/\n/g)).toHaveLength(2);
  expect(encoded.subarray(-1024).equals(files)).toBe(true);
});

test('a shell gives the command any words as they are', async () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !text.includes('\0'));
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 5 }), word, async (words, value) => {
      const print = 'process.stdout.write(JSON.stringify([process.argv.slice(1), process.env.VALUE]))';
      const command = [process.execPath, '-e', print, '--', ...words];
      const encoded = encodeJob({ ...job, command, cwd: '/', env: { VALUE: value } }, 'NONCE');
      const script = encoded.toString().split('\n')[1] ?? '';
      const { stdout } = await execa('sh', ['-c', script, 'sh', '\n'], { env: {}, extendEnv: false });
      expect(JSON.parse(stdout)).toEqual([words, value]);
    }),
    { numRuns: 15 },
  );
});

test.each([
  ['a zero byte in a word', { command: ['a\0b'] }],
  ['a name of a variable that is none', { env: { 'A=B;C': 'x' } }],
  ['a path with a blank', { result: { path: '/work/a b', maxBytes: 1 } }],
  ['a path with a new line', { result: { path: '/work/a\nb', maxBytes: 1 } }],
  ['too much for one argument', { env: { LONG: 'x'.repeat(limits.trials.scriptBytes) } }],
])('%s is refused', (_, change) => {
  expect(() => encodeJob({ ...job, ...change }, 'NONCE')).toThrow(
    expect.objectContaining({ code: 'bad-job' }),
  );
});
