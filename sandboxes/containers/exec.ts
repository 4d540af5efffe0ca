import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { limits } from '../limits.ts';
import { demultiplexer } from './demux.ts';
import { commandEnd, type RunningExec, startExec } from './exec-stream.ts';
import type { ExecOptions, ExecOutcome } from './sandbox.ts';

/** An ExecOutcome before its bytes are taken for text. */
export interface RawOutcome extends Omit<ExecOutcome, 'stdout' | 'stderr'> {
  stdout: Buffer;
  stderr: Buffer;
}

export interface ExecuteOptions extends Omit<ExecOptions, 'user'> {
  /** `uid:gid` in the container. */
  user: string;
}

type Ending = { exitCode: number } | 'deadline' | 'flood' | 'aborted';

/** Runs a command to its end and tells what it did; an abort kills it and throws the signal's reason. */
export async function execute(
  container: Docker.Container,
  command: readonly string[],
  options: ExecuteOptions,
): Promise<RawOutcome> {
  options.signal?.throwIfAborted();
  const started = performance.now();
  const seconds = Math.max(options.timeoutMs, 1) / 1000;
  const running = await startExec(
    container,
    ['timeout', '-k', String(limits.exec.killAfterMs / 1000), String(seconds), ...command],
    { cwd: options.cwd, env: options.env, user: options.user, stdin: options.stdin !== undefined },
  );
  const output = collect(running, options.maxOutputBytes ?? limits.exec.outputBytes);
  try {
    if (options.stdin !== undefined) running.socket.end(options.stdin);
    const ending = await settle(container, running, output.flooded, options);
    const wallMs = performance.now() - started;
    const kept = { stdout: output.stdout(), stderr: output.stderr(), truncated: output.truncated(), wallMs };
    if (typeof ending === 'string') {
      await running.kill();
      options.signal?.throwIfAborted();
      return { ...kept, outcome: ending === 'flood' ? 'output_limit' : 'timed_out', exitCode: null };
    }
    const { exitCode } = ending;
    if (wallMs >= options.timeoutMs && (exitCode === 124 || exitCode === 137)) {
      await running.kill();
      return { ...kept, outcome: 'timed_out', exitCode: null };
    }
    return { ...kept, outcome: 'completed', exitCode };
  } finally {
    running.socket.destroy();
  }
}

/** Waits for whichever comes first: the command's end, the host's own deadline, too much output, or an abort. */
async function settle(
  container: Docker.Container,
  running: RunningExec,
  flooded: Promise<void>,
  options: ExecuteOptions,
): Promise<Ending> {
  const over = new AbortController();
  const deadlineMs = options.timeoutMs + limits.exec.killAfterMs + limits.exec.graceMs;
  const aborted = new Promise<Ending>((resolve) => {
    options.signal?.addEventListener('abort', () => resolve('aborted'), { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([
      commandEnd(container, running, over.signal).then((exitCode) => ({ exitCode })),
      sleep(deadlineMs, 'deadline' as const, { signal: over.signal }),
      flooded.then(() => 'flood' as const),
      aborted,
    ]);
  } finally {
    over.abort();
  }
}

function collect(running: RunningExec, maxBytes: number) {
  const kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const seen = { stdout: 0, stderr: 0 };
  let onFlood: () => void;
  const flooded = new Promise<void>((resolve) => {
    onFlood = resolve;
  });
  running.socket.on(
    'data',
    demultiplexer((stream, bytes) => {
      const room = maxBytes - seen[stream];
      if (room > 0) kept[stream].push(Buffer.from(bytes.subarray(0, room)));
      seen[stream] += bytes.length;
      if (seen.stdout + seen.stderr > limits.exec.floodBytes) onFlood();
    }),
  );
  return {
    flooded,
    stdout: () => Buffer.concat(kept.stdout),
    stderr: () => Buffer.concat(kept.stderr),
    truncated: () => seen.stdout > maxBytes || seen.stderr > maxBytes,
  };
}
