import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import { isolationOf } from '../engine/isolation.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { commitContainer } from './commit-container.ts';
import { execute } from './exec.ts';
import { changedPaths, isRunning, processes, processesInside, writtenBytes } from './inspect-container.ts';
import { type ExecPipe, openPipe } from './pipe.ts';
import { startProcess } from './process.ts';
import { containerOptions, type Profile, sandboxUser } from './profiles.ts';
import { removeContainer } from './remove-container.ts';
import type { Sandbox } from './sandbox.ts';
import { startContainer } from './start-container.ts';

export interface OpenSandboxOptions {
  /** Tag or id of an image of ours, or one with `timeout`, `sh`, `tar` and `grep` in it. */
  image: string;
  profile: Profile;
  /** After this many milliseconds the container ends itself, whatever its controller does. */
  ttlMs: number;
  /** For people who look at `docker ps`, and for tests. */
  purpose: string;
  owner?: string | undefined;
  memoryBytes?: number | undefined;
  cpus?: number | undefined;
  /** Only for steps that make an image out of trusted code. */
  network?: 'none' | 'bridge' | undefined;
  /** Root with Docker's default capabilities: only for steps that make an image out of trusted code. */
  root?: boolean | undefined;
  /** A name that `docker info` lists; the engine's `runtime` where it is not given. */
  runtime?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * A fresh container that ends with its controller: its PID 1 waits on the stdin that this process holds. Disposing
 * removes it. SandboxFault: `no-such-image`, `no-such-runtime`, `runtime-failed`, `disk-full`, `no-engine`,
 * `engine-error`.
 */
export async function openSandbox(engine: Engine, options: OpenSandboxOptions): Promise<Sandbox> {
  const { container, held } = await startContainer(engine, {
    ...options,
    settings: (cpuset) =>
      containerOptions(options.profile, {
        ttlMs: options.ttlMs,
        network: options.network ?? 'none',
        root: options.root ?? false,
        memoryBytes: options.memoryBytes,
        cpus: options.cpus,
        cpuset,
      }),
  });
  const { level } = isolationOf(engine.info, options.runtime ?? engine.runtime);
  const ownKernel = level === 'user-space-kernel' || level === 'virtual-machine';
  return new ContainerSandbox(container, held, { root: options.root ?? false, ownKernel });
}

class ContainerSandbox implements Sandbox {
  readonly id: string;
  readonly #container: Docker.Container;
  readonly #held: Duplex;
  readonly #root: boolean;
  readonly #ownKernel: boolean;
  readonly #pipes = new Set<ExecPipe>();
  #group: number = limits.groups.first;
  #disposed: Promise<void> | undefined;

  constructor(container: Docker.Container, held: Duplex, kind: { root: boolean; ownKernel: boolean }) {
    this.id = container.id;
    this.#container = container;
    this.#held = held;
    this.#root = kind.root;
    this.#ownKernel = kind.ownKernel;
    held.resume();
  }

  async exec(command: readonly string[], options: Parameters<Sandbox['exec']>[1]) {
    const { stdout, stderr, ...rest } = await this.execBytes(command, options);
    return { ...rest, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
  }

  execBytes(command: readonly string[], options: Parameters<Sandbox['exec']>[1]) {
    return execute(this.#container, command, { ...options, user: this.#user(options.user) });
  }

  async start(command: readonly string[], options: Parameters<Sandbox['start']>[1]) {
    if (this.#group > limits.groups.last) {
      throw new SandboxFault('no-groups', 'This sandbox has no groups left to start commands with.', {
        hint: 'Go on in a fresh one.',
      });
    }
    const group = this.#group++;
    return await startProcess(this.#container, command, { ...options, user: this.#user(undefined), group });
  }

  async pipe(command: readonly string[], options: Parameters<Sandbox['pipe']>[1] = {}) {
    const pipe = await openPipe(this.#container, command, { ...options, user: this.#user(undefined) });
    this.#pipes.add(pipe);
    pipe.once('close', () => this.#pipes.delete(pipe));
    return pipe;
  }

  async upload(path: string, tar: Buffer) {
    // By a process inside and not by the engine: the engine would unpack as root, follow the sandbox's own
    // symlinks, and cannot reach a tmpfs.
    await this.#file(['sh', '-c', 'mkdir -p -- "$1" && exec tar -x -C "$1"', 'sh', path], path, tar);
  }

  async readFile(path: string, options: { maxBytes?: number } = {}) {
    const maxBytes = options.maxBytes ?? limits.files.readBytes;
    const script = '[ -f "$1" ] || exit 44; exec cat -- "$1"';
    const read = await this.#file(['sh', '-c', script, 'sh', path], path, undefined, maxBytes);
    if (read.truncated) {
      throw new SandboxFault('file-too-large', `${path} in the sandbox is larger than ${maxBytes} bytes.`, {
        hint: 'Read it in parts, or raise maxBytes.',
      });
    }
    return read.stdout;
  }

  async writeFile(path: string, content: string | Buffer) {
    await this.#file(
      ['sh', '-c', 'mkdir -p -- "$(dirname -- "$1")" && exec cat > "$1"', 'sh', path],
      path,
      content,
    );
  }

  commit(tag: string, options?: Parameters<Sandbox['commit']>[1]) {
    return commitContainer(this.#container, tag, options);
  }

  async pin(cpus: readonly number[]) {
    try {
      await this.#container.update({ CpusetCpus: cpus.join() });
      return true;
    } catch {
      // An engine without that controller, or a sandbox that ended: its next command says so.
      return false;
    }
  }

  writtenBytes(): Promise<number> {
    return writtenBytes(this.#container);
  }

  changedPaths(): Promise<string[]> {
    return changedPaths(this.#container);
  }

  isRunning(): Promise<boolean> {
    return isRunning(this.#container);
  }

  processes(): Promise<string[]> {
    return this.#ownKernel ? processesInside(this.#container) : processes(this.#container);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= (async () => {
      for (const pipe of this.#pipes) pipe.abandon();
      try {
        await removeContainer(this.#container);
      } catch (error) {
        // Without its stdin it ends by itself, or the reaper takes it: what was done with it must not fail for that.
        if (!(error instanceof SandboxFault && error.code === 'no-engine')) throw error;
      } finally {
        this.#held.destroy();
      }
    })();
    return this.#disposed;
  }

  #user(user: 'root' | 'sandbox' | undefined): string {
    return this.#root && user !== 'sandbox' ? '0:0' : sandboxUser;
  }

  async #file(command: string[], path: string, stdin?: string | Buffer, maxOutputBytes?: number) {
    const done = await execute(this.#container, command, {
      timeoutMs: limits.fileMs,
      user: this.#user(undefined),
      ...(stdin === undefined ? {} : { stdin }),
      ...(maxOutputBytes === undefined ? {} : { maxOutputBytes }),
    });
    if (done.exitCode === 44) {
      throw new SandboxFault('no-such-file', `There is no file ${path} in the sandbox.`, {
        hint: 'See what is there with `ls`.',
      });
    }
    if (done.outcome === 'timed_out' || (done.exitCode !== 0 && !done.truncated)) {
      throw new SandboxFault(
        'file-failed',
        `${path} in the sandbox: ${done.stderr.toString('utf8').trim() || done.outcome}`,
        {
          hint: 'The path must be one that the user `sandbox` may use, and there must be space.',
        },
      );
    }
    return done;
  }
}
