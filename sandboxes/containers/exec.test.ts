import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { limits } from '../limits.ts';
import { testEngine, testSandbox } from '../test-engine.ts';
import type { Sandbox } from './sandbox.ts';

let engine: Engine;
let image: string;
let sandbox: Sandbox;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
  sandbox = await testSandbox(engine, image, { ttlMs: 120_000 });
}, 900_000);
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

const sh = (script: string, timeoutMs = 10_000) => sandbox.exec(['sh', '-c', script], { timeoutMs });
const running = async (pattern: string) =>
  (await sandbox.exec(['pgrep', '-fc', pattern], { timeoutMs: 5_000 })).stdout.trim();

describe('exec', () => {
  test('tells the exit code and both streams apart', async () => {
    const done = await sh('echo out; echo err >&2; exit 7');
    expect(done).toMatchObject({
      outcome: 'completed',
      exitCode: 7,
      stdout: 'out\n',
      stderr: 'err\n',
      truncated: false,
    });
  });

  test('passes arguments as they are, the environment and the working directory', async () => {
    const done = await sandbox.exec(
      ['sh', '-c', 'printf "%s|%s|%s|%s" "$1" "$WHO" "$PWD" "$PGDATABASE"', 'sh', 'a b $c'],
      {
        cwd: '/store',
        env: { WHO: 'me' },
        timeoutMs: 5_000,
      },
    );
    expect(done.stdout).toBe('a b $c|me|/store|target');
  });

  test('is the sandbox user', async () => {
    expect((await sh('id -u; id -g; id -un')).stdout).toBe('1000\n1000\nsandbox\n');
  });

  test('gives stdin and its end, also a megabyte of it', async () => {
    const stdin = Buffer.alloc(2 ** 20, 'x');
    const done = await sandbox.exec(['wc', '-c'], { stdin, timeoutMs: 10_000 });
    expect(done.stdout.trim()).toBe(String(2 ** 20));
  });

  test('has an empty stdin when none is given', async () => {
    expect(await sandbox.exec(['cat'], { timeoutMs: 5_000 })).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test('reports a command that does not exist as its exit code', async () => {
    const done = await sandbox.exec(['no-such-program'], { timeoutMs: 5_000 });
    expect(done).toMatchObject({ outcome: 'completed', exitCode: 127 });
    expect(done.stderr).toContain('no-such-program');
  });

  test('keeps the first bytes of long output and says that it dropped the rest', async () => {
    const done = await sandbox.exec(['sh', '-c', 'seq 1 100000; echo fine >&2'], {
      timeoutMs: 10_000,
      maxOutputBytes: 1000,
    });
    expect(done).toMatchObject({ outcome: 'completed', exitCode: 0, truncated: true, stderr: 'fine\n' });
    expect(done.stdout).toHaveLength(1000);
    expect(done.stdout.startsWith('1\n2\n3\n')).toBe(true);
  });

  test('kills the whole tree when the time is over, what left its session as well', async () => {
    const done = await sh('sleep 4711 & setsid sleep 4711 & trap "" TERM; sleep 4711; sleep 4711', 400);
    expect(done).toMatchObject({ outcome: 'timed_out', exitCode: null });
    expect(done.wallMs).toBeLessThan(400 + limits.exec.killAfterMs + limits.exec.graceMs + 2_000);
    expect(await running('^sleep 4711')).toBe('0');
  });

  test('does not take an exit code 124 or a fast SIGKILL for its own time-out', async () => {
    expect(await sh('exit 124')).toMatchObject({ outcome: 'completed', exitCode: 124 });
    expect(await sh('kill -9 $$')).toMatchObject({ outcome: 'completed', exitCode: 137 });
  });

  test('ends with its command though a background child holds stdout', async () => {
    const done = await sh('echo started; sleep 8.25 & exit 3', 20_000);
    expect(done).toMatchObject({ outcome: 'completed', exitCode: 3, stdout: 'started\n' });
    expect(done.wallMs).toBeLessThan(5_000);
  });

  test('waits for a command that closed its streams and went on', async () => {
    expect(await sh('exec >&- 2>&-; sleep 0.7; exit 4')).toMatchObject({ outcome: 'completed', exitCode: 4 });
  });

  test('a command that does not read its stdin ends all the same, with its output', async () => {
    const stdin = Buffer.alloc(30 * 2 ** 20, 'x');
    const done = await sandbox.exec(['sh', '-c', 'head -c 3; exit 6'], { stdin, timeoutMs: 10_000 });
    expect(done).toMatchObject({ outcome: 'completed', exitCode: 6, stdout: 'xxx' });
  });

  test('an abort kills the command and throws the reason', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 300);
    await expect(
      sandbox.exec(['sh', '-c', 'sleep 4712; sleep 4712'], { timeoutMs: 60_000, signal: controller.signal }),
    ).rejects.toThrow('enough');
    expect(await running('^sleep 4712')).toBe('0');
  });

  test('an aborted signal starts nothing', async () => {
    const signal = AbortSignal.abort(new Error('before'));
    await expect(sandbox.exec(['touch', '/tmp/started'], { timeoutMs: 1_000, signal })).rejects.toThrow(
      'before',
    );
    expect((await sh('ls /tmp/started')).exitCode).toBe(2);
  });

  test('a sandbox that is gone is a fault and not a result', async () => {
    const short = await testSandbox(engine, image);
    const waiting = short.exec(['sleep', '60'], { timeoutMs: 60_000 });
    setTimeout(() => void short[Symbol.asyncDispose](), 300);
    await expect(waiting).rejects.toMatchObject({ name: 'SandboxFault', code: 'sandbox-died' });
    await expect(short.exec(['true'], { timeoutMs: 1_000 })).rejects.toMatchObject({ code: 'sandbox-died' });
  });
});
