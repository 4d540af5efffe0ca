import type { Sandbox } from '../containers/sandbox.ts';
import type { PatchResult } from './apply-patch.ts';
import type { TreeDiff } from './diff-tree.ts';
import type { FileEntry, FileRange, ListOptions } from './read-files.ts';
import type { SearchOptions, SearchResult } from './search-files.ts';
import type { Snapshot } from './snapshots.ts';

export type Streams<T> = { stdout: T; stderr: T };

/** What a command did. `exitCode` is null where it did not end by itself. */
export interface CommandResult {
  outcome: 'completed' | 'timed_out' | 'output_limit' | 'killed';
  exitCode: number | null;
  /** The last of its output, as text. */
  stdout: string;
  stderr: string;
  /** Bytes of each stream before what was kept. */
  dropped: Streams<number>;
  wallMs: number;
}

export interface CommandOptions {
  /** From the working directory. */
  cwd?: string | undefined;
  env?: Record<string, string> | undefined;
  /** All of its processes are killed when it passes. */
  timeoutMs?: number | undefined;
  /** Kept of stdout and of stderr each, from their end. */
  maxOutputBytes?: number | undefined;
  /** Kills it. */
  signal?: AbortSignal | undefined;
  /** Called with every piece of output in the order in which it comes; `at` is its place in its stream. */
  onOutput?: ((stream: 'stdout' | 'stderr', bytes: Buffer, at: number) => void) | undefined;
}

export interface ExecCommandOptions extends CommandOptions {
  stdin?: string | Buffer | undefined;
}

export interface StartCommandOptions extends CommandOptions {
  /** Gives it a stdin, to be written and closed; without it reads the end at once. */
  stdin?: boolean | undefined;
}

/** A command in the background. Its time limit is the environment's own where none was given. */
export interface BackgroundCommand {
  readonly id: string;
  readonly command: readonly string[];
  status(): {
    state: 'running' | 'ended';
    /** Undefined while it runs, and where the environment ended under it. */
    result: Omit<CommandResult, 'stdout' | 'stderr'> | undefined;
    /** Bytes of each stream so far. */
    written: Streams<number>;
    wallMs: number;
  };
  /**
   * Output from the byte `from` of the whole stream on. `dropped` bytes after it are no longer there; `next` is where to
   * go on; `end` says that nothing follows.
   */
  read(options?: { stream?: 'stdout' | 'stderr'; from?: number; maxBytes?: number }): {
    bytes: Buffer;
    from: number;
    next: number;
    dropped: number;
    end: boolean;
  };
  /** Resolves when it was handed on. SandboxFault `stdin-full` where the command does not read, `stdin-closed`. */
  write(bytes: string | Buffer): Promise<void>;
  closeStdin(): void;
  /** All of its processes, at once; resolves when it has ended. */
  kill(): Promise<void>;
  /** How it ended, or undefined where it still runs after `timeoutMs`. Throws what ended the environment under it. */
  wait(options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<CommandResult | undefined>;
}

/** Why an environment ended: `runaway` where processes could not be killed in time, `disk` where it wrote too much. */
export type EndReason = 'closed' | 'idle' | 'ttl' | 'disk' | 'runaway' | 'died';

/**
 * A container in which an agent works on a repository for a while. Paths are taken from the working directory. After
 * its end every call throws SandboxFault `environment-ended`, whose message says why it ended.
 */
export interface Environment extends AsyncDisposable {
  readonly name: string;
  readonly workdir: string;
  /** What stands below: for a proxy that is opened in it. */
  readonly sandbox: Sandbox;
  /** Added to the environment of every command; may be added to. */
  readonly env: Record<string, string>;
  /** Epoch milliseconds at which it ends, however busy it is. */
  readonly endsAt: number;
  readonly ended: Promise<EndReason>;
  /** Moves `endsAt` to `ms` from now where that is later, and not past its longest lifetime; returns it. */
  extend(ms: number): number;
  exec(command: readonly string[], options?: ExecCommandOptions): Promise<CommandResult>;
  start(command: readonly string[], options?: StartCommandOptions): Promise<BackgroundCommand>;
  /** Those that run, and the last ones that ended. */
  commands(): readonly BackgroundCommand[];
  /** Bytes of a file. SandboxFault `no-such-file`, `file-failed`. */
  readFile(path: string, range?: { offset?: number; length?: number }): Promise<FileRange>;
  writeFile(path: string, content: string | Buffer): Promise<void>;
  listFiles(
    path?: string,
    options?: ListOptions,
  ): Promise<{ entries: FileEntry[]; next: string | undefined }>;
  search(pattern: string, options?: SearchOptions): Promise<SearchResult>;
  /** All of it or nothing. */
  applyPatch(patch: string | Buffer): Promise<PatchResult>;
  /**
   * What has changed in the working directory since the very first start, forks and restores included. `exclude`: names of
   * files and folders, as globs.
   */
  diff(options?: { exclude?: readonly string[]; signal?: AbortSignal }): Promise<TreeDiff>;
  /** The disk as it is now; not the processes, nor what is in a tmpfs. SandboxFault `not-snapshotable` if hardened. */
  snapshot(label?: string): Promise<Snapshot>;
  /** A second one that goes on from here. */
  fork(name: string): Promise<Environment>;
}
