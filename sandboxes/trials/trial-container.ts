import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { demultiplexer } from '../containers/demux.ts';
import { containerOptions } from '../containers/profiles.ts';
import { removeContainer } from '../containers/remove-container.ts';
import { startContainer } from '../containers/start-container.ts';
import type { Engine } from '../engine/engine.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { ReportReader } from './read-report.ts';
import { encodeJob, READY, supervisor } from './supervisor.ts';
import type { Job, Outcome, TrialResult } from './trial.ts';

export interface TrialOptions {
  /** Tag or id of an image of ours, or one with sh, tar, timeout, head and setpriv in it. */
  image: string;
  purpose: string;
  memoryBytes?: number | undefined;
  cpus?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** One container for one job, its supervisor waiting. */
export interface TrialContainer extends AsyncDisposable {
  /** Its container ended, or the engine. */
  readonly ended: boolean;
  run(job: Job, signal?: AbortSignal): Promise<TrialResult>;
}

/**
 * A hardened container whose supervisor waits for one job. It ends with its controller, or `ttlMs` after it began.
 * SandboxFault: `no-such-image`, `image-lacks`, `disk-full`, `no-engine`, `engine-error`, `sandbox-died`.
 */
export async function openTrialContainer(
  engine: Engine,
  options: TrialOptions & { ttlMs: number },
): Promise<TrialContainer> {
  const { container, held } = await startContainer(engine, {
    ...options,
    settings: (cpuset) => trialSettings(options, cpuset),
  });
  const opened = new SupervisedContainer(container, held);
  try {
    await opened.ready(options.image);
    return opened;
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    options.signal?.throwIfAborted();
    throw error;
  }
}

function trialSettings(
  { ttlMs, memoryBytes, cpus }: TrialOptions & { ttlMs: number },
  cpuset: readonly number[] | undefined,
): Docker.ContainerCreateOptions {
  const hardened = containerOptions('hardened', {
    ttlMs,
    network: 'none',
    root: false,
    memoryBytes,
    cpus,
    cpuset,
  });
  return {
    ...hardened,
    User: '0:0',
    Entrypoint: ['sh', '-c', supervisor, 'sh', String(ttlMs / 1000)],
    Cmd: [],
    // The supervisor's alone, to become the sandbox's user for good and to end it.
    HostConfig: { ...hardened.HostConfig, CapAdd: ['CHOWN', 'KILL', 'SETGID', 'SETPCAP', 'SETUID'] },
  };
}

type Ending = 'reported' | 'deadline' | 'flood' | 'aborted' | 'ended';

class SupervisedContainer implements TrialContainer {
  ended = false;
  readonly #container: Docker.Container;
  readonly #held: Duplex;
  #disposed: Promise<void> | undefined;

  constructor(container: Docker.Container, held: Duplex) {
    this.#container = container;
    this.#held = held;
    const end = () => {
      this.ended = true;
    };
    held.once('end', end).once('close', end);
  }

  async ready(image: string): Promise<void> {
    let said = '';
    const take = demultiplexer((_, bytes) => {
      said += bytes.toString('latin1');
    });
    const over = new AbortController();
    await Promise.race([
      this.#until(take, () => said.includes('\n') || said.length > 1000),
      sleep(limits.trials.readyMs, undefined, { signal: over.signal }).catch(() => {}),
    ]);
    over.abort();
    const first = said.split('\n')[0] ?? '';
    if (first.startsWith('lacks ')) {
      throw new SandboxFault(
        'image-lacks',
        `The image ${image} has no \`${first.slice('lacks '.length)}\`.`,
        {
          hint: 'A sandbox needs coreutils, tar and util-linux: install them in the image, or start from one of ours.',
        },
      );
    }
    if (first !== READY) {
      throw new SandboxFault('sandbox-died', 'The sandbox ended before it took a job.', {
        hint: 'Run it again; `docker info` shows the state of the engine.',
      });
    }
  }

  async run(job: Job, signal?: AbortSignal): Promise<TrialResult> {
    const nonce = randomUUID();
    const reader = new ReportReader({
      nonce,
      maxOutputBytes: job.maxOutputBytes ?? limits.exec.outputBytes,
      maxResultBytes: job.result?.maxBytes ?? 0,
    });
    const encoded = encodeJob(job, nonce);
    const started = performance.now();
    const over = new AbortController();
    const deadlineMs = job.timeoutMs + limits.trials.graceMs;
    let flooded = false;
    // What is written after the container's end is lost, and its end is seen below.
    this.#held.write(encoded);
    try {
      const ending = await Promise.race<Ending>([
        this.#until(reader.take, () => {
          flooded = reader.bytes > limits.exec.floodBytes;
          return flooded || reader.report !== undefined;
        }).then(() => (flooded ? 'flood' : reader.report ? 'reported' : 'ended')),
        sleep(deadlineMs, 'deadline' as const, { signal: over.signal }),
        aborted(signal, over.signal),
      ]);
      return this.#result(job, reader, ending, performance.now() - started);
    } finally {
      over.abort();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    // Hung up first: an engine whose stream nobody reads does not let a container go.
    this.#held.destroy();
    this.#disposed ??= removeContainer(this.#container).then(() => {});
    return this.#disposed;
  }

  /** Until it is done, or the stream ended. */
  #until(take: (chunk: Buffer) => void, isDone: () => boolean): Promise<void> {
    const held = this.#held;
    return new Promise((resolve) => {
      const stop = () => {
        held.off('data', onData).off('end', stop).off('close', stop);
        held.pause();
        resolve();
      };
      const onData = (chunk: Buffer) => {
        take(chunk);
        if (isDone()) stop();
      };
      held.on('data', onData).on('end', stop).on('close', stop).resume();
      if (this.ended || held.destroyed) stop();
    });
  }

  #result(job: Job, reader: ReportReader, ending: Ending, wallMs: number): TrialResult {
    const { report } = reader;
    const { truncated, ...said } = reader.said();
    if (report && report.unpackExitCode !== 0) {
      throw new SandboxFault(
        'files-do-not-fit',
        `A job's files could not be unpacked: ${said.stderr.toString('utf8').trim().slice(-400)}`,
        { hint: `They must be a tar archive of at most ${limits.hardened.workBytes} bytes.` },
      );
    }
    const outcome = outcomeOf(report, ending);
    const maxBytes = job.result?.maxBytes ?? 0;
    return {
      outcome,
      exitCode: outcome === 'completed' ? (report?.exitCode ?? null) : null,
      ...said,
      truncated: { ...truncated, result: (report?.result?.length ?? 0) > maxBytes },
      result: report?.result?.subarray(0, maxBytes),
      resources: { wallMs, cpuMs: report?.cpuMs, peakMemoryBytes: report?.peakMemoryBytes },
      attempts: 1,
    };
  }
}

function outcomeOf(report: ReportReader['report'], ending: Ending): Outcome {
  if (ending === 'aborted') return 'killed';
  if (ending === 'flood') return 'output_limit';
  if (ending === 'deadline') return 'timed_out';
  if (ending === 'ended' || report === undefined) return 'sandbox_died';
  const { exitCode, late, oomKills } = report;
  if (late) return 'timed_out';
  return oomKills > 0 && exitCode !== 0 ? 'out_of_memory' : 'completed';
}

function aborted(signal: AbortSignal | undefined, over: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve('aborted');
    signal?.addEventListener('abort', () => resolve('aborted'), { once: true, signal: over });
  });
}
