import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox, SandboxProcess } from '../containers/sandbox.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import type { BackgroundCommand, CommandOptions, CommandResult, Streams } from './environment.ts';
import { OutputRing } from './output-ring.ts';

/** Between two tries to kill what does not die at once. */
const KILL_AGAIN_MS = 200;

type Stop = Exclude<CommandResult['outcome'], 'completed'>;

interface RunOptions extends CommandOptions {
  stdin: boolean;
  /** Called where its processes could not be killed in time. */
  onRunaway: () => void;
  /** What to throw where the sandbox ended under it. */
  explain: (error: unknown) => unknown;
}

/** Starts a command and watches it to its end. */
export async function runCommand(
  sandbox: Sandbox,
  command: readonly string[],
  options: RunOptions,
): Promise<RunningCommand> {
  const keptBytes = Math.min(
    options.maxOutputBytes ?? limits.environment.outputBytes,
    limits.environment.maxOutputBytes,
  );
  const rings = { stdout: new OutputRing(keptBytes), stderr: new OutputRing(keptBytes) };
  let stop: (why: Stop) => void = () => {};
  const stopped = new Promise<Stop>((resolve) => {
    stop = resolve;
  });
  const process = await sandbox.start(command, {
    stdin: options.stdin,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    onOutput: (stream, bytes) => {
      const at = rings[stream].total;
      rings[stream].append(bytes);
      if (rings.stdout.total + rings.stderr.total > limits.exec.floodBytes) stop('output_limit');
      options.onOutput?.(stream, Buffer.from(bytes), at);
    },
  });
  return new RunningCommand(command, sandbox, process, { ...options, rings, stop, stopped });
}

export class RunningCommand implements BackgroundCommand {
  readonly id = randomUUID();
  readonly command: readonly string[];
  /** Rejects where the sandbox ended under it. */
  readonly result: Promise<CommandResult>;
  readonly #sandbox: Sandbox;
  readonly #process: SandboxProcess;
  readonly #rings: Streams<OutputRing>;
  readonly #stop: (why: Stop) => void;
  readonly #started = performance.now();
  #ended: Omit<CommandResult, 'stdout' | 'stderr'> | 'lost' | undefined;
  #stdin: 'none' | 'open' | 'closed';

  constructor(
    command: readonly string[],
    sandbox: Sandbox,
    process: SandboxProcess,
    options: RunOptions & { rings: Streams<OutputRing>; stop: (why: Stop) => void; stopped: Promise<Stop> },
  ) {
    this.command = command;
    this.#sandbox = sandbox;
    this.#process = process;
    this.#rings = options.rings;
    this.#stop = options.stop;
    this.#stdin = options.stdin ? 'open' : 'none';
    this.result = this.#watch(options).catch((error: unknown) => {
      throw options.explain(error);
    });
    // A command in the background may have nobody who waits for it.
    this.result.catch(() => {
      this.#ended = 'lost';
    });
  }

  status() {
    const ended = this.#ended;
    return {
      state: ended === undefined ? ('running' as const) : ('ended' as const),
      result: ended === 'lost' ? undefined : ended,
      written: { stdout: this.#rings.stdout.total, stderr: this.#rings.stderr.total },
      wallMs: ended === undefined || ended === 'lost' ? performance.now() - this.#started : ended.wallMs,
    };
  }

  read(options: Parameters<BackgroundCommand['read']>[0] = {}) {
    const ring = this.#rings[options.stream ?? 'stdout'];
    const wanted = options.from ?? 0;
    const { from, bytes } = ring.read(wanted, options.maxBytes);
    const next = from + bytes.length;
    return {
      bytes,
      from,
      next,
      dropped: Math.max(0, from - wanted),
      end: this.#ended !== undefined && next === ring.total,
    };
  }

  async write(bytes: string | Buffer) {
    const { stdin } = this.#process;
    if (this.#stdin !== 'open' || this.#ended !== undefined) {
      throw new SandboxFault('stdin-closed', `The stdin of \`${this.command[0]}\` is not open.`, {
        hint: 'Start the command with `stdin: true`, and write before it ends.',
      });
    }
    if (stdin.writableLength + bytes.length > limits.environment.stdinBytes) {
      throw new SandboxFault('stdin-full', `\`${this.command[0]}\` does not read what was written to it.`, {
        hint: 'Wait for the earlier writes, or kill it.',
      });
    }
    // A command that ended does not take it: its exit code says how it ended.
    await new Promise<void>((resolve) => stdin.write(bytes, () => resolve()));
  }

  closeStdin(last?: string | Buffer) {
    if (this.#stdin !== 'open') return;
    this.#stdin = 'closed';
    this.#process.stdin.end(last);
  }

  async kill() {
    this.#stop('killed');
    await this.result.catch(() => {});
  }

  async wait(options: { timeoutMs?: number; signal?: AbortSignal } = {}) {
    options.signal?.throwIfAborted();
    const over = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, over.signal]) : over.signal;
    const limit =
      options.timeoutMs === undefined
        ? new Promise<never>((_, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
          )
        : sleep(options.timeoutMs, undefined, { signal });
    try {
      return await Promise.race([this.result, limit]);
    } finally {
      limit.catch(() => {});
      over.abort();
    }
  }

  async #watch(options: RunOptions & { stopped: Promise<Stop> }): Promise<CommandResult> {
    const { timeoutMs, signal } = options;
    // A timer of more milliseconds than 32 bits would end at once.
    const limitMs = Math.min(timeoutMs ?? Number.POSITIVE_INFINITY, limits.environment.maxLifetimeMs);
    const timer = setTimeout(() => this.#stop('timed_out'), limitMs).unref();
    const onAbort = () => this.#stop('killed');
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const ending = await Promise.race([this.#process.exited, options.stopped]);
      if (typeof ending === 'number') return this.#finish('completed', ending);
      await this.#killAll(ending, options.onRunaway);
      return this.#finish(ending, null);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      this.#process.release();
    }
  }

  /** A time limit is announced, so that a command may say what it has found so far. */
  async #killAll(why: Stop, onRunaway: () => void): Promise<void> {
    const over = new AbortController();
    const killed = async () => {
      if (why === 'timed_out') {
        const ended = this.#process.kill('TERM').then(() => this.#process.exited);
        const patience = sleep(limits.exec.killAfterMs, undefined, { signal: over.signal });
        await Promise.race([ended, patience]).catch(() => {});
      }
      while (!(await this.#process.kill())) {
        if (!(await this.#sandbox.isRunning())) break;
        await sleep(KILL_AGAIN_MS, undefined, { signal: over.signal });
      }
      return true;
    };
    try {
      const late = sleep(limits.environment.killMs, false, { signal: over.signal });
      if (!(await Promise.race([killed(), late]))) onRunaway();
    } finally {
      over.abort();
    }
  }

  #finish(outcome: CommandResult['outcome'], exitCode: number | null): CommandResult {
    const { stdout, stderr } = this.#rings;
    const ended = {
      outcome,
      exitCode,
      dropped: { stdout: stdout.dropped, stderr: stderr.dropped },
      wallMs: performance.now() - this.#started,
    };
    this.#ended = ended;
    return {
      ...ended,
      stdout: stdout.read().bytes.toString('utf8'),
      stderr: stderr.read().bytes.toString('utf8'),
    };
  }
}
