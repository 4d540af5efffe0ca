/** What runs in one single-use container. It may be run again when the container, not the job, fails. */
export interface Job {
  command: readonly string[];
  /** A tar archive, unpacked into /work as the sandbox's user before the time limit begins. */
  files?: Buffer;
  /** By default /work. */
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** Milliseconds the command may take. */
  timeoutMs: number;
  /** Kept of stdout and of stderr each. */
  maxOutputBytes?: number;
  /** A file that the command leaves behind; no more of it than `maxBytes` is read. */
  result?: { path: string; maxBytes: number };
}

/**
 * - `completed`: the command ended by itself; `exitCode` says how, 128 + n where signal n ended it.
 * - `timed_out`: it was killed at its time limit.
 * - `out_of_memory`: the kernel killed one of its processes for memory, and it did not end well.
 * - `output_limit`: it was killed because it wrote without end.
 * - `killed`: its caller's signal was aborted.
 * - `sandbox_died`: its container, or the engine, ended before it.
 */
export type Outcome =
  | 'completed'
  | 'timed_out'
  | 'out_of_memory'
  | 'output_limit'
  | 'killed'
  | 'sandbox_died';

export interface TrialResult {
  outcome: Outcome;
  /** Null unless `completed`. */
  exitCode: number | null;
  stdout: Buffer;
  stderr: Buffer;
  /** Whether some of it was dropped. */
  truncated: { stdout: boolean; stderr: boolean; result: boolean };
  /** The file that the job named; undefined where it left none. */
  result: Buffer | undefined;
  resources: Resources;
  /** Containers that it took: more than one where the first died. */
  attempts: number;
}

export interface Resources {
  /** As this process saw it, from the job's first byte to its end. */
  wallMs: number;
  /** Of all its processes; undefined where the runtime does not tell. */
  cpuMs: number | undefined;
  /** The most memory in use at once, page cache and tmpfs included; undefined where the runtime does not tell. */
  peakMemoryBytes: number | undefined;
}

/**
 * Who is to blame for an outcome: the one place that decides it. What the infrastructure is to blame for is no result
 * and may be run again; what the code is to blame for is its result.
 */
export const blameOf = {
  completed: 'code',
  timed_out: 'code',
  out_of_memory: 'code',
  output_limit: 'code',
  killed: 'caller',
  sandbox_died: 'infrastructure',
} as const satisfies Record<Outcome, 'code' | 'caller' | 'infrastructure'>;

/** Runs jobs, each in a container of its own. Disposing ends what runs. */
export interface TrialRunner extends AsyncDisposable {
  /** SandboxFault: `no-such-image`, `bad-job`, `files-do-not-fit`; what else goes wrong is an outcome. */
  run(job: Job, options?: { signal?: AbortSignal | undefined }): Promise<TrialResult>;
}
