import { createServer } from 'node:net';
import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { limits } from '../limits.ts';
import { containersOf, testEngine, testSandbox, until } from '../test-engine.ts';
import type { Sandbox } from './sandbox.ts';

let engine: Engine;
let image: string;
let sandbox: Sandbox;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
}, 900_000);
beforeEach(async () => {
  sandbox = await testSandbox(engine, image, { profile: 'hardened' });
});
// Whatever a job did, its container goes.
afterEach(async () => {
  await sandbox[Symbol.asyncDispose]();
  await until(async () => (await containersOf(engine)).length === 0, 5_000);
});

const sh = (script: string, timeoutMs = 10_000) => sandbox.exec(['sh', '-c', script], { timeoutMs });

/** That the host still does what it should: starts processes, and another sandbox with an exec in it. */
async function hostIsWell(): Promise<void> {
  expect((await execa('true')).exitCode).toBe(0);
  await using other = await testSandbox(engine, image, { profile: 'hardened', purpose: 'bystander' });
  expect(await other.exec(['echo', 'well'], { timeoutMs: 10_000 })).toMatchObject({
    exitCode: 0,
    stdout: 'well\n',
  });
}

describe('a hardened sandbox contains', () => {
  test('a fork bomb', async () => {
    const bomb = sandbox.exec(['sh', '-c', 'f() { f | f & }; f; sleep 30'], { timeoutMs: 1_500 });
    await new Promise((resolve) => setTimeout(resolve, 700));
    await hostIsWell();
    // With all of its pids in use there may be no room left to tell the exec's end: either is an answer.
    await bomb.then(
      (done) => expect(done.exitCode).not.toBe(0),
      (error: unknown) => expect(error).toMatchObject({ name: 'SandboxFault' }),
    );
    const { stdout } = await execa('pgrep', ['-c', '-f', 'f.. { f | f & }'], { reject: false });
    expect(Number(stdout)).toBeLessThanOrEqual(limits.hardened.pids);
  });

  test('a memory hog', async () => {
    const hog = 'const kept = []; for (;;) kept.push(Buffer.alloc(16 * 2 ** 20, 1));';
    const done = await sandbox.exec(['node', '-e', hog], { timeoutMs: 20_000 });
    expect(done).toMatchObject({ outcome: 'completed', exitCode: 137 });
    expect((await sh('echo alive')).stdout).toBe('alive\n');
    await hostIsWell();
  });

  test('endless stdout, without keeping it or logging it on the host', async () => {
    const before = process.memoryUsage().rss;
    const done = await sandbox.exec(['yes'], { timeoutMs: 20_000, maxOutputBytes: 1000 });
    expect(done.truncated).toBe(true);
    expect(done.outcome).toMatch(/output_limit|timed_out/);
    expect(done.stdout).toHaveLength(1000);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
    const { HostConfig, LogPath } = await engine.docker.getContainer(sandbox.id).inspect();
    expect(HostConfig.LogConfig?.Type).toBe('none');
    expect(LogPath).toBe('');
  }, 60_000);

  test('a full disk', async () => {
    const done = await sh(
      'head -c 400M /dev/zero > /work/full; head -c 100M /dev/zero > /tmp/full; ls -l /work/full | cut -d" " -f5',
    );
    expect(done.stderr).toMatch(/No space left on device|File too large|File size limit exceeded/);
    await expect(sandbox.writeFile('/work/more', Buffer.alloc(30 * 2 ** 20))).rejects.toMatchObject({
      name: 'SandboxFault',
    });
  });

  test('a job that ignores SIGTERM, and one that kills all it can', async () => {
    expect(await sh('trap "" TERM INT HUP; while :; do sleep 0.1; done', 500)).toMatchObject({
      outcome: 'timed_out',
    });
    await expect(sh('kill -9 -1; sleep 5')).rejects.toMatchObject({ code: 'sandbox-died' });
  });

  test('writes outside its two folders', async () => {
    const done = await sh(
      'for d in / /etc /usr /home/sandbox /store /target /var/tmp /node_modules; do touch $d/x && echo wrote $d; done; touch /tmp/x /work/x && echo fine',
    );
    expect(done.stdout).toBe('fine\n');
    const system = await sh(
      'echo 1 > /proc/sys/kernel/panic; echo b > /proc/sysrq-trigger; echo 1 > /sys/kernel/uevent_helper; mkdir /sys/fs/cgroup/x; echo done',
    );
    expect(system.stdout).toBe('done\n');
    expect(
      system.stderr.match(/Read-only|Permission denied|cannot create|nonexistent|No such/g)?.length,
    ).toBeGreaterThanOrEqual(4);
  });

  test('its network: there is only lo, and nothing is reached', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      expect((await sh("cut -d: -f1 -s /proc/net/dev | tr -d ' '")).stdout).toBe('lo\n');
      const dial = `const net = require('net'); for (const [host, port] of [['1.1.1.1', 443], ['172.17.0.1', ${port}], ['127.0.0.1', ${port}]])
        net.connect(port, host).on('connect', () => console.log('reached', host)).on('error', (e) => console.log(e.code));
        require('dns').lookup('deb.debian.org', (e) => console.log(e.code));`;
      const done = await sandbox.exec(['node', '-e', dial], { timeoutMs: 15_000 });
      expect(done.stdout.trim().split('\n')).toHaveLength(4);
      expect(done.stdout).not.toContain('reached');
    } finally {
      server.close();
    }
  });

  test('its privileges: no capability, no new ones, no mount, no device, no Docker socket', async () => {
    const status = (await sh('grep -E "^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp):" /proc/self/status'))
      .stdout;
    expect(status.match(/Cap\w+:\s+0{16}/g)).toHaveLength(5);
    expect(status).toMatch(/NoNewPrivs:\s+1/);
    expect(status).toMatch(/Seccomp:\s+2/);
    const tries = [
      'mount -t tmpfs none /work',
      'mknod /work/sda b 8 0',
      'unshare -r true',
      'unshare -n true',
      'chown 0 /work',
      'ls /var/run/docker.sock /run/docker.sock',
      'cat /dev/mem',
      'cat /proc/1/root/etc/shadow',
      'su -c true',
    ];
    for (const attempt of tries) expect((await sh(attempt)).exitCode, attempt).not.toBe(0);
    expect((await sh('ls /proc | grep -c "^[0-9]"')).stdout.trim().length).toBeLessThanOrEqual(2);
  });

  test('its open files', async () => {
    const done = await sandbox.exec(
      [
        'node',
        '-e',
        "const fs = require('fs'); let n = 0; try { for (;;) { fs.openSync('/dev/null'); n++; } } catch (e) { console.log(e.code, n < 1024); }",
      ],
      { timeoutMs: 10_000 },
    );
    expect(done.stdout).toBe('EMFILE true\n');
  });
});

test('a service sandbox has a writable layer, and no more rights than that', async () => {
  await using service = await testSandbox(engine, image);
  const done = await service.exec(
    [
      'sh',
      '-c',
      'touch /store/x && echo stored; touch /etc/x; grep CapEff /proc/self/status; cut -d: -f1 -s /proc/net/dev',
    ],
    { timeoutMs: 5_000 },
  );
  expect(done.stdout.replace(/\s+/g, ' ')).toBe('stored CapEff: 0000000000000000 lo ');
});
