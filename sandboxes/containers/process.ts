import type { Writable } from 'node:stream';
import type Docker from 'dockerode';
import { demultiplexer } from './demux.ts';
import { commandEnd, startExec } from './exec-stream.ts';
import type { SandboxProcess, StartOptions } from './sandbox.ts';

export interface ProcessOptions extends StartOptions {
  /** `uid:gid` in the container. */
  user: string;
  /** A group that no other command of this container has or had. */
  group: number;
}

/** Starts a command whose processes can be killed all, whatever they do to get away. */
export async function startProcess(
  container: Docker.Container,
  command: readonly string[],
  options: ProcessOptions,
): Promise<SandboxProcess> {
  const running = await startExec(container, command, { ...options, stdin: options.stdin ?? false });
  const { socket } = running;
  const released = new AbortController();
  socket.on('data', demultiplexer(options.onOutput));
  const exited = commandEnd(container, running, released.signal);
  // Who has no use for it need not listen to it.
  exited.catch(() => {});
  return {
    exited,
    stdin: socket satisfies Writable,
    kill: (signal) => running.kill(signal),
    release() {
      released.abort();
      socket.destroy();
    },
  };
}
