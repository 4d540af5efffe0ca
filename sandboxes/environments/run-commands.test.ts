import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { limits } from '../limits.ts';
import { until } from '../test-engine.ts';
import type { Environment } from './environment.ts';
import { leftovers, sh, testEngine, testEnvironment } from './test-environment.ts';

let engine: Engine;
let image: string;
let environment: Environment;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
  environment = await testEnvironment(engine, { image, env: { EVERYWHERE: 'yes' } });
}, 900_000);
afterAll(async () => {
  await environment[Symbol.asyncDispose]();
  expect(await leftovers(engine)).toEqual([]);
});

const running = async (pattern: string) => {
  const { stdout } = await environment.exec(['pgrep', '-fc', pattern]);
  return Number(stdout);
};

describe('exec', () => {
  test('tells how a command ended, and has the working directory and the environment', async () => {
    const script = 'echo "$PWD|$EVERYWHERE|$HERE"; echo err >&2; exit 7';
    expect(await environment.exec(['sh', '-c', script], { env: { HERE: 'too' } })).toMatchObject({
      outcome: 'completed',
      exitCode: 7,
      stdout: '/work|yes|too\n',
      stderr: 'err\n',
      dropped: { stdout: 0, stderr: 0 },
    });
    await environment.exec(['mkdir', '-p', 'a folder']);
    expect((await environment.exec(['pwd'], { cwd: 'a folder' })).stdout).toBe('/work/a folder\n');
  });

  test('has its user, and what belongs to its group', async () => {
    expect((await sh(environment, 'id -u; id -G | tr " " "\\n" | grep -x 1000')).trim()).toBe('1000\n1000');
  });

  test('gives stdin and its end, and an empty one where there is none', async () => {
    const stdin = Buffer.alloc(3 * 2 ** 20, 'x');
    expect((await environment.exec(['wc', '-c'], { stdin })).stdout.trim()).toBe(String(3 * 2 ** 20));
    expect(await environment.exec(['cat'])).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test('keeps the last of long output and counts what it dropped', async () => {
    const done = await environment.exec(['seq', '1', '100000'], { maxOutputBytes: 1000 });
    expect(done.stdout).toHaveLength(1000);
    expect(done.stdout.endsWith('\n99999\n100000\n')).toBe(true);
    expect(done.dropped).toEqual({ stdout: 588_895 - 1000, stderr: 0 });
  });

  test('a flood is killed', async () => {
    const done = await environment.exec(['yes']);
    expect(done).toMatchObject({ outcome: 'output_limit', exitCode: null });
    expect(done.dropped.stdout).toBeGreaterThan(limits.exec.floodBytes / 2);
    expect(await running('^yes')).toBe(0);
  });

  test('what it starts beside itself goes on after it, as in a shell', async () => {
    const done = await environment.exec(['sh', '-c', 'sleep 4811 > /dev/null 2>&1 & echo started']);
    expect(done).toMatchObject({ outcome: 'completed', stdout: 'started\n' });
    expect(await running('^sleep 4811')).toBe(1);
    await environment.exec(['pkill', '-f', '^sleep 4811']);
  });

  test('an abort kills it and throws the reason', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('enough')), 300);
    const waiting = environment.exec(['sh', '-c', 'sleep 4812; true'], { signal: abort.signal });
    await expect(waiting).rejects.toThrow('enough');
    expect(await running('^sleep 4812')).toBe(0);
  });

  test("a folder or a program that is not there is the command's failure", async () => {
    expect((await environment.exec(['true'], { cwd: '/none' })).exitCode).toBeGreaterThan(0);
    expect((await environment.exec(['no-such-program'])).exitCode).toBeGreaterThan(0);
  });
});

describe('a time limit', () => {
  const escapes = {
    'ignores SIGTERM': 'trap "" TERM; sleep 4820; sleep 4820',
    'is in a session of its own': 'setsid sh -c "sleep 4820; sleep 4820" & sleep 4820',
    'forked twice': '(setsid sh -c "(sleep 4820 &) ; exit" &) ; sleep 4820',
    'cleared its environment': 'env -i setsid sh -c "exec env -i sleep 4820" & env -i sleep 4820',
    'has a child of a dead parent': 'sh -c "env -i setsid sleep 4820 & env -i sleep 4820 &"; sleep 4820',
    'cannot be looked into':
      'perl -e \'syscall(157, 4, 0, 0, 0, 0); $0 = "sleep 4820"; fork; sleep 4820\' & env -i setsid sleep 4820; sleep 4820',
    'changed its group as far as it may':
      'perl -e \'$( = 1000; $) = 1000; $0 = "sleep 4820"; sleep 4820\' & cp /bin/sleep /tmp/s; chgrp 1000 /tmp/s; chmod 2755 /tmp/s; /tmp/s 4820',
  };
  for (const [at, [what, script]] of Object.entries(escapes).entries()) {
    test.concurrent(`kills the whole tree, also what ${what}`, async () => {
      const mark = String(4850 + at);
      const started = await environment.start(['sh', '-c', script.replaceAll('4820', mark)], {
        timeoutMs: 8_000,
      });
      await until(async () => (await running(`${mark}$`)) >= 2, 7_500);
      const result = await started.wait();
      expect(result).toMatchObject({ outcome: 'timed_out', exitCode: null });
      await until(async () => (await running(`${mark}$`)) === 0, 1_000);
    });
  }

  test('lets a command say what it has found before', async () => {
    const script = 'trap "echo found so far; exit" TERM; echo begun; sleep 30 & wait';
    const done = await environment.exec(['sh', '-c', script], { timeoutMs: 500 });
    expect(done).toMatchObject({ outcome: 'timed_out', stdout: 'begun\nfound so far\n' });
  });

  test('leaves other commands alone', async () => {
    const other = await environment.start(['sleep', '4830']);
    await environment.exec(['sleep', '4831'], { timeoutMs: 200 });
    expect(other.status().state).toBe('running');
    expect(await running('^sleep 483')).toBe(1);
    await other.kill();
    expect(await running('^sleep 483')).toBe(0);
  });

  test('stops a fork bomb, which leaves no room for a process', async () => {
    await using bombed = await testEnvironment(engine, { image, name: 'bombed' });
    const bomb = await bombed.start(['perl', '-e', 'while (1) { fork }'], { timeoutMs: 500 });
    const result = await bomb.wait().catch((error: unknown) => error);
    // Where the killing itself took too long the whole environment has ended, which is an answer as well.
    if (!(result instanceof Error)) expect(result).toMatchObject({ outcome: 'timed_out' });
    await until(async () => {
      const left = await bombed.exec(['pgrep', '-c', 'perl']).catch((error: { code: string }) => error.code);
      return typeof left === 'string' ? left === 'environment-ended' : left.stdout === '0\n';
    }, 20_000);
  }, 120_000);
});

describe('a command in the background', () => {
  test('hands on output as it comes, before it ends', async () => {
    const pieces: string[] = [];
    const script =
      'echo one; read line; echo "got $line"; echo oops >&2; read line; echo "$line" | od -An -c';
    const command = await environment.start(['sh', '-c', script], {
      stdin: true,
      onOutput: (stream, bytes, at) => pieces.push(`${stream}@${at} ${bytes}`),
    });
    await until(async () => pieces.length === 1, 5_000);
    expect(command.status()).toMatchObject({ state: 'running', result: undefined, written: { stdout: 4 } });
    await command.write('two\n');
    await until(async () => pieces.length === 3, 5_000);
    expect([...pieces].sort()).toEqual(['stderr@0 oops\n', 'stdout@0 one\n', 'stdout@4 got two\n']);
    await command.write(Buffer.from([0x66, 0x00, 0xff, 0x0a]));
    command.closeStdin();
    const result = await command.wait({ timeoutMs: 5_000 });
    expect(result).toMatchObject({ outcome: 'completed', exitCode: 0 });
    expect(command.status()).toMatchObject({ state: 'ended', result: { exitCode: 0 } });
    await expect(command.write('more')).rejects.toMatchObject({ code: 'stdin-closed' });
  });

  test('is read by offsets, and tells what is no longer kept', async () => {
    const command = await environment.start(['seq', '1', '1000'], { maxOutputBytes: 100 });
    expect(command.read({ from: 0 }).end).toBe(false);
    await command.wait();
    const whole = Array.from({ length: 1000 }, (_, i) => `${i + 1}\n`).join('');
    const first = command.read({ from: 10, maxBytes: 40 });
    expect(first).toMatchObject({ from: whole.length - 100, dropped: whole.length - 110, end: false });
    const second = command.read({ from: first.next });
    expect(second).toMatchObject({ from: first.next, dropped: 0, next: whole.length, end: true });
    expect(`${first.bytes}${second.bytes}`).toBe(whole.slice(-100));
    expect(command.read({ stream: 'stderr' })).toMatchObject({ from: 0, end: true });
  });

  test('carries bytes unchanged', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256));
    const command = await environment.start(['cat'], { stdin: true });
    await command.write(bytes);
    command.closeStdin();
    await command.wait();
    expect(command.read().bytes.equals(bytes)).toBe(true);
  });

  test('can be waited for in part, killed, and is listed', async () => {
    const command = await environment.start(['sh', '-c', 'sleep 4840; true']);
    expect(await command.wait({ timeoutMs: 100 })).toBeUndefined();
    expect(environment.commands().find(({ id }) => id === command.id)).toBe(command);
    await expect(command.wait({ signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout');
    await command.kill();
    expect(command.status()).toMatchObject({ state: 'ended', result: { outcome: 'killed', exitCode: null } });
    expect(await running('^sleep 4840')).toBe(0);
  });

  test('there is a bound on how many run at once, and on what waits to be read', async () => {
    const commands = await Promise.all(
      Array.from({ length: limits.environment.runningCommands }, () =>
        environment.start(['sleep', '60'], { stdin: true }),
      ),
    );
    await expect(environment.exec(['true'])).rejects.toMatchObject({ code: 'too-many-commands' });
    const megabyte = Buffer.alloc(2 ** 20);
    void Promise.all(Array.from({ length: 16 }, () => commands[0]?.write(megabyte))).catch(() => {});
    await sleep(200);
    await expect(commands[0]?.write(Buffer.alloc(limits.environment.stdinBytes))).rejects.toMatchObject({
      code: 'stdin-full',
    });
    await Promise.all(commands.map((command) => command.kill()));
    expect((await environment.exec(['true'])).exitCode).toBe(0);
  });
});
