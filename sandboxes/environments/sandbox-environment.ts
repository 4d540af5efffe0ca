import { posix } from 'node:path';
import type { Sandbox } from '../containers/sandbox.ts';
import { type DiskWatch, watchDisk } from '../containers/watch-disk.ts';
import type { Engine } from '../engine/engine.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { removeImage } from '../reap.ts';
import { applyPatch } from './apply-patch.ts';
import { diffTree, type StartTree } from './diff-tree.ts';
import { endedFault } from './ended-fault.ts';
import type { EndReason, Environment, ExecCommandOptions, StartCommandOptions } from './environment.ts';
import type { NetworkAccess } from './environment-network.ts';
import { Lifetime } from './lifetime.ts';
import { listFiles, readRange } from './read-files.ts';
import { type RunningCommand, runCommand } from './running-command.ts';
import { searchFiles } from './search-files.ts';
import { type Snapshot, takeSnapshot } from './snapshots.ts';

interface Facts {
  name: string;
  purpose: string;
  env: Record<string, string>;
  network: NetworkAccess | undefined;
  idleMs: number;
  ttlMs: number;
  maxLifetimeMs: number;
  snapshotMs: number | undefined;
  workdir: string;
  start: StartTree;
  /** The snapshot that it was restored from. */
  parent: string | undefined;
  snapshotable: boolean;
  /** Tag of an image that goes with it. */
  ownImage: string | undefined;
  /** Opens one that takes a snapshot's image as its own. */
  restore: (snapshot: Snapshot, name: string) => Promise<Environment>;
}

/** An environment in a sandbox, which it owns. */
export class SandboxEnvironment implements Environment {
  readonly name: string;
  readonly workdir: string;
  readonly sandbox: Sandbox;
  readonly env: Record<string, string>;
  readonly ended: Promise<EndReason>;
  readonly #engine: Engine;
  readonly #facts: Facts;
  readonly #lifetime: Lifetime;
  readonly #disk: DiskWatch;
  readonly #commands = new Map<string, RunningCommand>();
  readonly #disposals = new Set<Promise<void>>();
  #starting = 0;
  #lastSnapshot: string | undefined;
  #endReason: EndReason | undefined;
  #end: Promise<void> | undefined;
  #tellEnd: (reason: EndReason) => void = () => {};

  constructor(engine: Engine, sandbox: Sandbox, facts: Facts) {
    this.name = facts.name;
    this.workdir = facts.workdir;
    this.sandbox = sandbox;
    this.env = { ...facts.env };
    this.#engine = engine;
    this.#facts = facts;
    this.#lastSnapshot = facts.parent;
    this.ended = new Promise((resolve) => {
      this.#tellEnd = resolve;
    });
    this.#disk = watchDisk(sandbox, limits.environment.diskBytes, limits.environment.diskLookMs);
    this.#disk.signal.addEventListener('abort', () => this.#endSoon('disk'), { once: true });
    this.#lifetime = new Lifetime({ ...facts, onEnd: (reason) => this.#endSoon(reason) });
  }

  get endsAt(): number {
    return this.#lifetime.endsAt;
  }

  extend(ms: number): number {
    this.#mustLive();
    return this.#lifetime.extend(ms);
  }

  async exec(command: readonly string[], options: ExecCommandOptions = {}) {
    const { stdin, ...rest } = options;
    const timeoutMs = options.timeoutMs ?? limits.environment.commandMs;
    const running = await this.start(command, { ...rest, timeoutMs, stdin: stdin !== undefined });
    running.closeStdin(stdin);
    const result = await running.result;
    if (result.outcome === 'killed') options.signal?.throwIfAborted();
    return result;
  }

  async start(command: readonly string[], options: StartCommandOptions = {}): Promise<RunningCommand> {
    options.signal?.throwIfAborted();
    const busy = [...this.#commands.values()].filter((one) => one.status().state === 'running').length;
    if (busy + this.#starting >= limits.environment.runningCommands) {
      throw new SandboxFault(
        'too-many-commands',
        `${limits.environment.runningCommands} commands run in ${this.name} already.`,
        {
          hint: 'Wait for one of them, or kill one.',
        },
      );
    }
    this.#starting++;
    try {
      return await this.#use(async () => {
        const running = await runCommand(this.sandbox, command, {
          ...options,
          cwd: this.#resolve(options.cwd ?? '.'),
          env: { ...(await this.#facts.network?.env()), ...this.env, ...options.env },
          stdin: options.stdin ?? false,
          onRunaway: () => this.#endSoon('runaway'),
          explain: (error) => this.#explain(error),
        });
        this.#keep(running);
        return running;
      });
    } finally {
      this.#starting--;
    }
  }

  commands() {
    return [...this.#commands.values()];
  }

  readFile(path: string, range: { offset?: number; length?: number } = {}) {
    return this.#use(() => readRange(this.sandbox, this.#resolve(path), range));
  }

  writeFile(path: string, content: string | Buffer) {
    return this.#use(() => this.sandbox.writeFile(this.#resolve(path), content));
  }

  listFiles(path = '.', options: Parameters<Environment['listFiles']>[1] = {}) {
    return this.#use(() => listFiles(this.sandbox, this.#resolve(path), options));
  }

  search(pattern: string, options: Parameters<Environment['search']>[1] = {}) {
    return this.#use(() => searchFiles(this.sandbox, this.workdir, pattern, options));
  }

  applyPatch(patch: string | Buffer) {
    return this.#use(() => applyPatch(this.sandbox, this.workdir, patch));
  }

  diff(options: Parameters<Environment['diff']>[0] = {}) {
    const { start, purpose } = this.#facts;
    const onDisposal = (disposal: Promise<void>) => {
      this.#disposals.add(disposal);
      const forget = () => this.#disposals.delete(disposal);
      // One that fails is kept, and thrown when the environment ends.
      disposal.then(forget, () => {});
    };
    return this.#use(() =>
      diffTree(this.#engine, {
        ...options,
        start,
        sandbox: this.sandbox,
        workdir: this.workdir,
        purpose,
        onDisposal,
      }),
    );
  }

  snapshot(label?: string): Promise<Snapshot> {
    return this.#use(async () => {
      const { name, start, workdir, snapshotMs, snapshotable } = this.#facts;
      if (!snapshotable) {
        throw new SandboxFault('not-snapshotable', `${name} is hardened: its files are in memory alone.`, {
          hint: 'Open it with the service profile, or take a `diff`.',
        });
      }
      const taken = await takeSnapshot(this.#engine, this.sandbox, {
        environment: name,
        label,
        parent: this.#lastSnapshot,
        workdir,
        start: start.image,
        keepMs: snapshotMs,
      });
      this.#lastSnapshot = taken.id;
      return taken;
    });
  }

  async fork(name: string): Promise<Environment> {
    return await this.#facts.restore(await this.snapshot(`fork ${name}`), name);
  }

  /** Its images go as well: after another end they stay to be restored from, until they expire. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#finish('closed');
    const { ownImage } = this.#facts;
    if (ownImage !== undefined) await removeImage(this.#engine, ownImage);
  }

  #finish(reason: EndReason): Promise<void> {
    this.#end ??= (async () => {
      this.#endReason = reason;
      this.#lifetime[Symbol.dispose]();
      this.#disk[Symbol.dispose]();
      try {
        await Promise.all([this.sandbox[Symbol.asyncDispose](), ...this.#disposals]);
      } finally {
        this.#tellEnd(reason);
      }
    })();
    return this.#end;
  }

  /** From a timer: what the engine refuses now, the container's deadline and the reaper see to. */
  #endSoon(reason: EndReason): void {
    this.#finish(reason).catch(() => {});
  }

  async #use<T>(work: () => Promise<T>): Promise<T> {
    this.#mustLive();
    try {
      return await this.#lifetime.use(work);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #mustLive(): void {
    if (this.#endReason !== undefined) throw endedFault(this.name, this.#endReason, this.#lastSnapshot);
  }

  /** When the environment was ended, what fails in it fails for that reason. */
  #explain(error: unknown): unknown {
    if (this.#endReason !== undefined)
      return endedFault(this.name, this.#endReason, this.#lastSnapshot, error);
    if (error instanceof SandboxFault && error.code === 'sandbox-died') this.#endSoon('died');
    return error;
  }

  /** In use as long as it runs; the oldest of those that ended are forgotten. */
  #keep(running: RunningCommand): void {
    this.#commands.set(running.id, running);
    this.#lifetime.use(() => running.result).catch(() => {});
    const ended = this.commands().filter((one) => one.status().state === 'ended');
    for (const old of ended.slice(0, -limits.environment.endedCommands)) this.#commands.delete(old.id);
  }

  #resolve(path: string): string {
    if (!path.includes('\0')) return posix.resolve(this.workdir, path);
    throw new SandboxFault('bad-path', 'A path has no NUL.', { hint: 'Name the file as it is listed.' });
  }
}
