import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import type { Environment } from './environment.ts';
import { leftovers, sh, tarOf, testEngine, testEnvironment } from './test-environment.ts';

let engine: Engine;
let image: string;
let environment: Environment;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
  environment = await testEnvironment(engine, { image, files: await tarOf('echo begun > first; mkdir src') });
}, 900_000);
afterAll(async () => {
  await environment[Symbol.asyncDispose]();
  expect(await leftovers(engine)).toEqual([]);
});

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('files', () => {
  test('the initial ones are there, in a folder of the sandbox user', async () => {
    expect(await sh(environment, 'cat first; stat -c %u . first src')).toBe('begun\n1000\n1000\n1000\n');
  });

  test('are read by ranges of bytes, whatever bytes they are', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i + (i >> 8)) % 256));
    await environment.writeFile('deep/in/data.bin', bytes);
    const whole = await environment.readFile('deep/in/data.bin');
    expect(digest(whole.bytes)).toBe(digest(bytes));
    expect(whole).toMatchObject({ offset: 0, totalBytes: bytes.length });
    const part = await environment.readFile('deep/in/data.bin', { offset: 123_456, length: 1_000 });
    expect(part.bytes.equals(bytes.subarray(123_456, 124_456))).toBe(true);
    const last = await environment.readFile('deep/in/data.bin', { offset: 299_990, length: 1_000 });
    expect(last.bytes.equals(bytes.subarray(299_990))).toBe(true);
    expect((await environment.readFile('deep/in/data.bin', { offset: 400_000 })).bytes).toHaveLength(0);
  });

  test('that are not there, or are none, are faults that say so', async () => {
    await sh(environment, 'mkfifo pipe');
    await expect(environment.readFile('none')).rejects.toMatchObject({ code: 'no-such-file' });
    await expect(environment.readFile('src')).rejects.toMatchObject({ code: 'file-failed' });
    await expect(environment.readFile('pipe')).rejects.toMatchObject({ code: 'file-failed' });
    await expect(environment.listFiles('none')).rejects.toMatchObject({ code: 'no-such-file' });
    await expect(environment.readFile('a\0b')).rejects.toMatchObject({ code: 'bad-path' });
    await sh(environment, 'rm pipe');
  });

  test('names of every kind are listed, with type, size, mode and time', async () => {
    await sh(
      environment,
      `mkdir odd; cd odd; printf abc > "$(printf 'new\\nline\\ttab')"; printf x > "$(printf 'latin\\344')"; : > "$(printf '\\033[31mred')"
       ln -s /etc/passwd link; mkdir .hidden; mkfifo pipe; printf 12345 > -rf; chmod 751 -- -rf; touch -d @1700000000.5 -- -rf`,
    );
    const { entries, next } = await environment.listFiles('odd');
    expect(next).toBeUndefined();
    const named = Object.fromEntries(entries.map((entry) => [entry.path, entry]));
    expect(Object.keys(named)).toEqual([
      '\x1b[31mred',
      '-rf',
      '.hidden',
      'latin\ufffd',
      'link',
      'new\nline\ttab',
      'pipe',
    ]);
    expect(named['-rf']).toEqual({
      path: '-rf',
      type: 'file',
      bytes: 5,
      mode: 0o751,
      modifiedAt: 1_700_000_000_500,
    });
    expect(named['new\nline\ttab']).toMatchObject({ type: 'file', bytes: 3 });
    expect(named['latin\ufffd']?.raw).toEqual(Buffer.from('latin\xe4', 'latin1'));
    expect([named['link']?.type, named['.hidden']?.type, named['pipe']?.type]).toEqual([
      'link',
      'folder',
      'other',
    ]);
  });

  test('ten thousand of them are listed page by page, each once', async () => {
    await sh(
      environment,
      'mkdir many; cd many; for d in $(seq 100); do mkdir $d; (cd $d; seq 100 | xargs touch); done',
    );
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await environment.listFiles('many', { recursive: true, maxEntries: 3_000, after });
      seen.push(...page.entries.map(({ path }) => path));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toHaveLength(10_100);
    expect(new Set(seen).size).toBe(10_100);
    await sh(environment, 'rm -r many');
  });
});

describe('search', () => {
  beforeAll(async () => {
    await sh(
      environment,
      `mkdir -p src/lib .git; cd src; printf 'one\\nneedle (a.b)\\nthree\\n' > plain.txt; printf 'needle\\000' > binary
       printf 'Needle again\\n' > "$(printf 'odd\\nname:7:x')"; ln -s plain.txt link; mkfifo pipe; echo needle > ../.git/config
       head -c 5000 /dev/zero | tr '\\0' x > long; echo needle >> long; echo needle > lib/needle.js`,
    );
  });

  test('finds plain text, in odd names as well, and passes over binary files, fifos, links and .git', async () => {
    const found = await environment.search('needle (a.b)');
    expect(found).toEqual({
      outcome: 'completed',
      lines: [{ path: 'src/plain.txt', line: 2, text: 'needle (a.b)', match: true }],
    });
    const all = await environment.search('needle', { ignoreCase: true, path: 'src', exclude: ['lib'] });
    expect(all.lines.map(({ path, line }) => `${path}:${line}`).sort()).toEqual([
      'src/long:1',
      'src/odd\nname:7:x:1',
      'src/plain.txt:2',
    ]);
    expect(all.lines.every(({ text }) => text.length <= 2_000)).toBe(true);
  });

  test('takes regular expressions, lines around a match, and a bound', async () => {
    const found = await environment.search('^needle .[a-z]\\.b', { syntax: 'regex', context: 1 });
    expect(found.lines.map(({ line, match }) => [line, match])).toEqual([
      [1, false],
      [2, true],
      [3, false],
    ]);
    await environment.writeFile('src/lines', 'match\n'.repeat(1_000));
    const bounded = await environment.search('match', { maxMatches: 10 });
    expect(bounded).toMatchObject({ outcome: 'max_matches' });
    expect(bounded.lines).toHaveLength(10);
  });

  test('says what is wrong with a pattern, and finds nothing where nothing is', async () => {
    const bad = await environment.search('(', { syntax: 'regex' });
    expect(bad).toMatchObject({ outcome: 'bad_pattern', lines: [] });
    expect(bad.message).toContain('(');
    expect(await environment.search('-e nowhere')).toEqual({ outcome: 'completed', lines: [] });
  });

  test('a pattern that takes for ever is ended', async () => {
    await environment.writeFile('src/trap', `${'a'.repeat(16_000)}\n`);
    const trapped = await environment.search('(.{1,200}){1,200}Q', { syntax: 'regex', path: 'src/trap' });
    expect(trapped).toEqual({ outcome: 'timed_out', lines: [] });
    expect(await sh(environment, 'pgrep -c grep || true')).toBe('0\n');
  });
});
