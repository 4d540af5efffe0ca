import { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { limits } from '../limits.ts';
import { demultiplexer } from './demux.ts';
import { died, exitCodeOf, type RunningExec, startExec } from './exec-stream.ts';
import type { SandboxPipe } from './sandbox.ts';

export interface PipeOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** `uid:gid` in the container. */
  user: string;
}

/**
 * Starts a process and gives its stdin and stdout. Ending the stream ends its stdin; destroying the stream kills its
 * processes. When the sandbox dies under it the stream fails with SandboxFault `sandbox-died`.
 */
export async function openPipe(
  container: Docker.Container,
  command: readonly string[],
  options: PipeOptions,
): Promise<ExecPipe> {
  return new ExecPipe(container, await startExec(container, command, { ...options, stdin: true }));
}

export class ExecPipe extends Duplex implements SandboxPipe {
  exitCode: number | null = null;
  readonly #running: RunningExec;
  #stderr = Buffer.alloc(0);
  #ended = false;

  constructor(container: Docker.Container, running: RunningExec) {
    // When the process has ended nobody reads what is written.
    super({ allowHalfOpen: false });
    this.#running = running;
    const { socket } = running;
    socket.on(
      'data',
      demultiplexer((stream, bytes) => {
        if (stream === 'stderr')
          this.#stderr = Buffer.concat([this.#stderr, bytes]).subarray(-limits.exec.stderrTailBytes);
        else if (!this.push(bytes)) socket.pause();
      }),
    );
    const onEnd = () => {
      if (this.#ended || this.destroyed) return;
      this.#ended = true;
      exitCodeOf(container, running.exec).then(
        (exitCode) => {
          this.exitCode = exitCode;
          this.push(null);
        },
        (error: Error) => this.destroy(error),
      );
    };
    socket.on('end', onEnd);
    // A reset comes without an `end`.
    socket.on('close', onEnd);
  }

  stderrTail(): string {
    return this.#stderr.toString('utf8');
  }

  /** For whoever removes the container: fails with `sandbox-died` at once, without asking the engine how it ended. */
  abandon(): void {
    this.#ended = true;
    this.destroy(died(undefined));
  }

  override _read(): void {
    this.#running.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#running.socket.write(chunk, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    const { socket } = this.#running;
    // The socket ends by itself with the process.
    if (socket.writableEnded || socket.destroyed) callback();
    else socket.end(callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#running.socket.destroy();
    if (this.#ended) callback(error);
    else
      this.#running.kill().then(
        () => callback(error),
        (killError: Error) => callback(error ?? killError),
      );
  }
}
