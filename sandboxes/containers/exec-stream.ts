import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { engineFault, statusOf } from '../engine/engine-fault.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { killGroupScript } from './kill-group.ts';

export interface ExecStart {
  cwd?: string | undefined;
  env?: Record<string, string> | undefined;
  /** `uid:gid` in the container. */
  user: string;
  /** Its processes are then found by this group, which must be no other command's, and not by a variable. */
  group?: number | undefined;
  stdin: boolean;
}

/** A command that runs in a container, with the socket that carries its streams. */
export interface RunningExec {
  exec: Docker.Exec;
  /** Multiplexed stdout and stderr to read; stdin to write, its end being the command's end of input. */
  socket: Duplex;
  /**
   * Kills all of its processes, those that left its process group as well; TERM asks them to end. False where that could
   * not be done or is not done yet: the sandbox is gone, or has no room for one more process.
   */
  kill(signal?: 'KILL' | 'TERM'): Promise<boolean>;
}

// The engine has no way to kill an exec, and the pid that it tells is the host's. So every process of an exec is
// found by what it inherited: a variable, or a group that it cannot leave.
const marker = 'WHETSTONE_EXEC';
// Round after round, as a fork may slip through one.
const killScript = `for round in 1 2 3 4 5 6 7 8 9; do
  environs=$(grep -lsz "^${marker}=$1\\$" /proc/[0-9]*/environ) || exit 0
  for environ in $environs; do pid=\${environ%/environ}; kill -9 "\${pid#/proc/}" 2> /dev/null; done
done; true`;

export async function startExec(
  container: Docker.Container,
  command: readonly string[],
  options: ExecStart,
): Promise<RunningExec> {
  const id = randomUUID();
  const { group } = options;
  const user = group === undefined ? options.user : `${options.user.split(':')[0]}:${group}`;
  const { exec, socket } = await open(container, command, {
    ...options,
    user,
    env: { ...options.env, ...(group === undefined ? { [marker]: id } : {}) },
  });
  return {
    exec,
    socket,
    kill: (signal = 'KILL') => {
      const script =
        group === undefined
          ? ['sh', '-c', killScript, 'sh', id]
          : ['sh', '-c', killGroupScript, 'sh', String(group), signal];
      return killWithin(runKiller(container, script, user));
    },
  };
}

/** Whether it killed them all. */
async function runKiller(container: Docker.Container, script: string[], user: string): Promise<boolean> {
  try {
    const killer = await open(container, script, { user, stdin: false });
    killer.socket.resume();
    const exitCode = await exitCodeOf(container, killer.exec);
    killer.socket.destroy();
    return exitCode === 0;
  } catch (error) {
    // What has died with its container needs no killing.
    if (!(error instanceof SandboxFault && error.code === 'sandbox-died')) throw error;
    return false;
  }
}

async function killWithin(killing: Promise<boolean>): Promise<boolean> {
  const over = new AbortController();
  const late = sleep(limits.exec.killMs, undefined, { signal: over.signal }).catch(() => {});
  try {
    const killed = await Promise.race([killing, late]);
    if (killed !== undefined) return killed;
    // Its container ends it, at its deadline.
    killing.catch(() => {});
    throw new SandboxFault(
      'kill-failed',
      `A command could not be killed within ${limits.exec.killMs / 1000} s.`,
      {
        hint: 'This is no result of the command: see that the Docker Engine answers (`docker info`), then run it again.',
      },
    );
  } finally {
    over.abort();
  }
}

/** The exit code of the command itself, also where it closed its streams and went on, or a child of it holds them. */
export async function commandEnd(
  container: Docker.Container,
  running: RunningExec,
  signal: AbortSignal,
): Promise<number> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  try {
    const read = finished(running.socket, { writable: false, signal: either }).catch(() => {});
    await Promise.race([read, endedWithoutStream(running, either)]);
    const exitCode = await exitCodeOf(container, running.exec, signal);
    // What the command wrote last may still be on its way.
    await Promise.race([read, sleep(limits.exec.drainMs, undefined, { signal: either })]);
    return exitCode;
  } finally {
    over.abort();
  }
}

/** A background child that holds stdout keeps the stream open after the command itself has ended. */
async function endedWithoutStream(running: RunningExec, signal: AbortSignal): Promise<void> {
  do {
    await sleep(limits.exec.pollMs, undefined, { signal });
  } while (await isRunning(running.exec));
}

/** The exit code, once the command has ended. SandboxFault `sandbox-died` when its container ended with it. */
export async function exitCodeOf(
  container: Docker.Container,
  exec: Docker.Exec,
  signal?: AbortSignal,
): Promise<number> {
  const exitCode = await endOf(exec, signal);
  // 137 is SIGKILL: of the command's own, by the kernel for its memory, or because the whole container ended.
  // 126: it cannot be executed, or the container ended before it was.
  if (exitCode === 137 || exitCode === 126) await mustRun(container);
  return exitCode;
}

/** The engine answers before it has started a command: until then it does not run, and has no exit code either. */
async function endOf(exec: Docker.Exec, signal?: AbortSignal): Promise<number> {
  for (let waitMs = 5; ; waitMs = Math.min(waitMs * 2, limits.exec.pollMs)) {
    const { Running, ExitCode } = await inspectExec(exec);
    if (!Running && ExitCode !== null) return ExitCode;
    await sleep(waitMs, undefined, { signal });
  }
}

async function isRunning(exec: Docker.Exec): Promise<boolean> {
  return (await inspectExec(exec)).Running;
}

async function inspectExec(exec: Docker.Exec): Promise<{ Running: boolean; ExitCode: number | null }> {
  try {
    return await exec.inspect();
  } catch (error) {
    throw deadOr(error);
  }
}

async function open(container: Docker.Container, command: readonly string[], options: ExecStart) {
  try {
    const exec = await container.exec({
      Cmd: [...command],
      Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
      User: options.user,
      AttachStdin: options.stdin,
      AttachStdout: true,
      AttachStderr: true,
      ...(options.cwd === undefined ? {} : { WorkingDir: options.cwd }),
    });
    // Hijacked in any case: dockerode's own duplex destroys the socket where stdin should be half-closed.
    const socket: Duplex = await exec.start({ hijack: true, stdin: options.stdin });
    socket.on('error', () => {
      // A command may end without reading its stdin: its exit code tells how it ended, not the broken pipe.
    });
    return { exec, socket };
  } catch (error) {
    throw deadOr(error);
  }
}

/** By a command, as the engine says for a while that a container runs whose PID 1 is dead already. */
async function mustRun(container: Docker.Container): Promise<void> {
  const { exec, socket } = await open(container, ['true'], { user: '1000:1000', stdin: false });
  socket.resume();
  const exitCode = await endOf(exec);
  socket.destroy();
  if (exitCode !== 0) throw died(undefined);
}

function deadOr(error: unknown): Error {
  const status = statusOf(error);
  const stopped = error instanceof Error && /not running|is stopped|no such container/i.test(error.message);
  return status === 404 || status === 409 || stopped
    ? died(error)
    : engineFault(error, 'a command was run in a sandbox');
}

export function died(cause: unknown): SandboxFault {
  return new SandboxFault('sandbox-died', 'The sandbox ended before the command did.', {
    hint: 'This is no result of the command: its deadline passed, it was removed, or the engine restarted. Run it again in a fresh sandbox.',
    cause,
  });
}
