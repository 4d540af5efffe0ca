import type { Duplex, Writable } from 'node:stream';

/** What a command in a sandbox did. Output is bounded; `truncated` says that some was dropped. */
export interface ExecOutcome {
  outcome: 'completed' | 'timed_out' | 'output_limit';
  exitCode: number | null;
  stdout: string;
  stderr: string;
  truncated: boolean;
  wallMs: number;
}

export interface ExecOptions {
  /** Working directory in the sandbox. */
  cwd?: string;
  env?: Record<string, string>;
  stdin?: string | Buffer;
  /** Milliseconds; the whole process tree is killed from inside when it passes. */
  timeoutMs: number;
  maxOutputBytes?: number;
  signal?: AbortSignal;
  /** Only in a sandbox opened with `root`, where root is the default. */
  user?: 'root' | 'sandbox';
}

/** A pipe to a process; `exitCode` is null until it ended, and where it was killed by the pipe's own end. */
export interface SandboxPipe extends Duplex {
  readonly exitCode: number | null;
  /** The last of what it wrote to stderr. */
  stderrTail(): string;
}

export interface StartOptions {
  /** Working directory in the sandbox. */
  cwd?: string;
  env?: Record<string, string>;
  /** Gives it a stdin that stays open until it is ended. */
  stdin?: boolean;
  /** Called with each piece of output as it comes; the bytes are the receiver's only until it returns. */
  onOutput: (stream: 'stdout' | 'stderr', bytes: Buffer) => void;
}

/** A command that was started and runs on its own. */
export interface SandboxProcess {
  /**
   * The exit code, once the command itself has ended, also when a child of it goes on. Rejects with SandboxFault
   * `sandbox-died`, and with an AbortError when it was released before.
   */
  readonly exited: Promise<number>;
  /** Only where it was started with `stdin`. */
  readonly stdin: Writable;
  /**
   * All of its processes: also what left its session, lost its parent or cleared its environment. False where some may
   * live: ask again.
   */
  kill(signal?: 'KILL' | 'TERM'): Promise<boolean>;
  /** Hears no more of it. */
  release(): void;
}

/** One container with an owner, a deadline and a disposal. */
export interface Sandbox extends AsyncDisposable {
  readonly id: string;
  exec(command: readonly string[], options: ExecOptions): Promise<ExecOutcome>;
  /** The same with output as bytes. */
  execBytes(
    command: readonly string[],
    options: ExecOptions,
  ): Promise<Omit<ExecOutcome, 'stdout' | 'stderr'> & { stdout: Buffer; stderr: Buffer }>;
  /**
   * Starts a command with a first group of its own, by which its processes are found. It cannot look into other
   * commands' processes (`/proc/<pid>/fd`, ptrace), only signal them. No time limit: whoever starts it kills it.
   * SandboxFault `no-groups` after 40,000 of them.
   */
  start(command: readonly string[], options: StartOptions): Promise<SandboxProcess>;
  /** A long-running process whose stdin and stdout are one duplex stream; ends with the stream or the sandbox. */
  pipe(
    command: readonly string[],
    options?: { cwd?: string; env?: Record<string, string> },
  ): Promise<SandboxPipe>;
  /** Unpacks a tar archive below `path`, as the sandbox's user. */
  upload(path: string, tar: Buffer): Promise<void>;
  /** Bytes of one file; a missing file is a SandboxFault `no-such-file`. */
  readFile(path: string, options?: { maxBytes?: number }): Promise<Buffer>;
  writeFile(path: string, content: string | Buffer): Promise<void>;
  /** Commits the writable layer as an image; returns its id. */
  commit(
    tag: string,
    options?: { labels?: Record<string, string>; env?: Record<string, string> },
  ): Promise<string>;
  /** Lets its processes run on these CPUs alone. False where the engine cannot. */
  pin(cpus: readonly number[]): Promise<boolean>;
  /** Bytes now used by the writable layer. */
  writtenBytes(): Promise<number>;
  /** Paths of the writable layer that were added or changed, as the engine sees them; folders among them. */
  changedPaths(): Promise<string[]>;
  /** False where it ended, or the engine does not answer. */
  isRunning(): Promise<boolean>;
  /** Command lines of all processes but its own first ones, as the engine sees them. */
  processes(): Promise<string[]>;
}
