import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, open, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExecaError, execa } from 'execa';
import { connectEngine, type Engine } from '../engine/engine.ts';
import { followProgress } from '../engine/follow-progress.ts';
import { SandboxFault } from '../fault.ts';
import { temporaryFolder } from '../images/temporary-folder.ts';

export interface PrivateEngineOptions {
  /** Name to the program of a runtime and its arguments, besides runc. */
  runtimes?: Readonly<Record<string, { path: string; args?: readonly string[] }>> | undefined;
  /** Root in a container is an unprivileged user outside. */
  usernsRemap?: boolean | undefined;
  /** Paths of the engine's own certificate, its key, and the authority of its clients': it listens on TCP as well. */
  tls?: { ca: string; cert: string; key: string } | undefined;
  /** Its whole disk is a tmpfs of this size, 2 GiB where it is not given: quick, and gone with it. */
  diskBytes?: number | undefined;
  storageDriver?: 'overlay2' | 'vfs' | undefined;
}

/** How long it may take to answer after a start, and to end after SIGTERM. */
const startMs = 60_000;
const stopMs = 30_000;
const defaultDiskBytes = 2 * 2 ** 30;
/** Of the users that a remapped container has outside. */
const firstId = 200_000;

/**
 * Everything of the engine lives in pid, mount and network namespaces of its own, whose first process reads the stdin
 * that we hold: when it or this process ends, the kernel ends the engine, its containers and its mounts with it.
 */
const holdScript = `set -e
read -r pid rest < /proc/self/stat
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
if [ -d /etc/docker ]; then mount -t tmpfs tmpfs /etc/docker; fi
mount -t tmpfs -o size="$2",mode=711 tmpfs "$1/data"
if [ -e "$1/subid" ]; then for file in subuid subgid; do mount --bind "$1/subid" /etc/$file; done; fi
# crun refuses a machine with both generations of cgroups: there it sees the first alone.
if [ -e /sys/fs/cgroup/unified ]; then umount /sys/fs/cgroup/unified; fi
ip link set lo up 2> /dev/null || true
echo "$pid"
cat
exit 0`;

/** A Docker Engine of a test's own, as root; the machine's engine is not touched. */
export async function startPrivateEngine(options: PrivateEngineOptions = {}): Promise<PrivateEngine> {
  const folder = await temporaryFolder();
  try {
    // Remapped users must get through to their files.
    await chmod(folder.path, 0o711);
    await execa('mkdir', [join(folder.path, 'data')]);
    await writeFile(join(folder.path, 'daemon.json'), JSON.stringify(daemonConfig(options)));
    if (options.usernsRemap === true) {
      const range = `${firstId}:65536`;
      await writeFile(join(folder.path, 'subid'), `nobody:${range}\nnogroup:${range}\n`);
    }
    const namespaces = ['--pid', '--fork', '--kill-child', '--mount', '--net'];
    const size = String(options.diskBytes ?? defaultDiskBytes);
    const holder = execa('unshare', [...namespaces, 'sh', '-c', holdScript, 'sh', folder.path, size], {
      reject: false,
      buffer: { stdout: false },
      stdin: 'pipe',
    });
    const told = await Promise.race([once(holder.stdout, 'data'), holder]);
    if (!Array.isArray(told)) throw engineFailed('its namespaces could not be made', told.stderr);
    const engine = new PrivateEngine(folder, holder, Number(String(told[0])), options.tls !== undefined);
    try {
      await engine.start();
      return engine;
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      throw error;
    }
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

/** Brings an image from one engine to another, as a stream. */
export async function copyImage(from: Engine, to: Engine, image: string): Promise<void> {
  await followProgress(await to.docker.loadImage(await from.docker.getImage(image).get()));
}

type Holder = PromiseLike<unknown> & { stdin: { end(): void } | null };

export class PrivateEngine implements AsyncDisposable {
  /** For root alone, and only as long as it lives. */
  readonly endpoint: string;
  /** Of the TLS listener; 0 where there is none. */
  tlsPort = 0;
  readonly #folder: AsyncDisposable & { path: string };
  readonly #holder: Holder;
  readonly #pid: number;
  readonly #tls: boolean;
  readonly #cgroup = `whetstone-test-${process.pid}-${randomUUID()}`;
  #dockerd: { ended: Promise<unknown>; wake(): void } | undefined;

  constructor(folder: AsyncDisposable & { path: string }, holder: Holder, pid: number, tls: boolean) {
    this.endpoint = `unix:///proc/${pid}/root/run/docker.sock`;
    this.#folder = folder;
    this.#holder = holder;
    this.#pid = pid;
    this.#tls = tls;
  }

  /** Starts dockerd and waits until it answers; again after `stop` or `kill`, with the same data, address and port. */
  async start(): Promise<void> {
    const log = await open(this.#log, 'a');
    // In the namespace nobody could reach a port: dockerd is handed one that was opened outside.
    const listener = this.#tls ? await listen(this.tlsPort) : undefined;
    this.tlsPort = listener?.port ?? 0;
    const run = 'LISTEN_PID=$$; export LISTEN_PID; exec "$@"';
    const files = ['--config-file', join(this.#folder.path, 'daemon.json'), '--data-root', this.#data];
    const hosts = ['--host=unix:///run/docker.sock', ...(listener === undefined ? [] : ['--host=fd://'])];
    const dockerd = ['dockerd', ...files, ...hosts, '--cgroup-parent', `/${this.#cgroup}`];
    const child = spawn('nsenter', [...this.#inside, 'sh', '-c', run, 'sh', ...dockerd], {
      stdio: ['ignore', log.fd, log.fd, ...(listener === undefined ? [] : [listener.fd])],
      env: { ...process.env, LISTEN_FDS: listener === undefined ? '0' : '1' },
    });
    // Before this process could accept what is meant for dockerd.
    listener?.close();
    this.#dockerd = { ended: once(child, 'exit'), wake: () => child.kill('SIGCONT') };
    await log.close();
    await this.#untilItAnswers(() => child.exitCode !== null || child.signalCode !== null);
  }

  /** Under an owner of the caller's own where none is given. */
  connect(owner: string = `test-${randomUUID()}`): Promise<Engine> {
    return connectEngine({ endpoint: this.endpoint, owner });
  }

  /** SIGKILL for dockerd: its containers live on as after a crash, until it starts again. */
  async kill(): Promise<void> {
    await this.signal('KILL');
    await this.#dockerd?.ended;
  }

  /** SIGTERM, after which dockerd stops its containers. */
  async stop(): Promise<void> {
    await this.signal('TERM');
    const over = new AbortController();
    const late = sleep(stopMs, 'late' as const, { signal: over.signal });
    if ((await Promise.race([this.#dockerd?.ended, late])) === 'late') await this.kill();
    over.abort();
    await late.catch(() => {});
  }

  /** Sends dockerd a signal, such as `STOP`, after which it answers nothing until `CONT`. */
  async signal(name: 'KILL' | 'TERM' | 'STOP' | 'CONT'): Promise<void> {
    await this.run(['sh', '-c', `kill -${name} "$(cat /run/docker.pid)"`]);
    // nsenter, its parent, has stopped with it.
    if (name === 'CONT') this.#dockerd?.wake();
  }

  /** A command as root in the engine's namespaces; gives its stdout. */
  async run(command: readonly string[]): Promise<string> {
    return (await execa('nsenter', [...this.#inside, ...command])).stdout;
  }

  log(): Promise<string> {
    return readFile(this.#log, 'utf8');
  }

  /** Ends everything at once, and leaves no process, mount, cgroup or file. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder.stdin?.end();
    this.#dockerd?.wake();
    await this.#holder;
    await this.#dockerd?.ended;
    // A cgroup is busy for a moment after the last process of it.
    const sweep = `for try in 1 2 3 4 5 6 7 8 9; do
      find /sys/fs/cgroup -depth -type d -path "*/$1*" -exec rmdir {} + 2> /dev/null
      [ -z "$(find /sys/fs/cgroup -maxdepth 3 -type d -name "$1")" ] && exit 0; sleep 0.1
    done; exit 1`;
    await execa('sh', ['-c', sweep, 'sh', this.#cgroup]);
    await this.#folder[Symbol.asyncDispose]();
  }

  get #data(): string {
    return join(this.#folder.path, 'data');
  }

  get #log(): string {
    return join(this.#folder.path, 'log');
  }

  get #inside(): string[] {
    return ['--target', String(this.#pid), '--pid', '--mount', '--net', '--'];
  }

  async #untilItAnswers(ended: () => boolean): Promise<void> {
    const deadline = performance.now() + startMs;
    for (;;) {
      try {
        await this.connect();
        return;
      } catch (cause) {
        if (ended() || performance.now() > deadline)
          throw engineFailed(ended() ? 'dockerd ended' : 'dockerd does not answer', await this.log(), cause);
      }
      await sleep(20);
    }
  }
}

function daemonConfig(options: PrivateEngineOptions): Record<string, unknown> {
  const { runtimes, tls, storageDriver } = options;
  return {
    bridge: 'none',
    iptables: false,
    'exec-opts': ['native.cgroupdriver=cgroupfs'],
    pidfile: '/run/docker.pid',
    'exec-root': '/run/docker',
    ...(runtimes === undefined
      ? {}
      : {
          runtimes: Object.fromEntries(
            Object.entries(runtimes).map(([name, { path, args }]) => [
              name,
              { path, runtimeArgs: [...(args ?? [])] },
            ]),
          ),
        }),
    ...(options.usernsRemap === true ? { 'userns-remap': 'nobody:nogroup' } : {}),
    ...(tls === undefined ? {} : { tlsverify: true, tlscacert: tls.ca, tlscert: tls.cert, tlskey: tls.key }),
    ...(storageDriver === undefined ? {} : { 'storage-driver': storageDriver }),
  };
}

/** A listening socket whose file a child can inherit; `close` leaves the child's copy open. */
async function listen(port: number): Promise<{ fd: number; port: number; close(): void }> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  // Node has no public name for it.
  const { _handle } = server as unknown as { _handle: { fd: number } };
  return {
    fd: _handle.fd,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => server.close(),
  };
}

function engineFailed(what: string, log: string, cause?: unknown): SandboxFault {
  return new SandboxFault(
    'private-engine',
    `The test's own Docker Engine: ${what}. ${log.trim().slice(-1500)}`,
    {
      hint: 'It needs root, `unshare`, `nsenter` and `dockerd`; what its log says comes before this line.',
      cause: cause as ExecaError | undefined,
    },
  );
}
