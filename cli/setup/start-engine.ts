import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { Fault } from '../../datasets/fault.ts';
import { connectEngine } from '../../sandboxes/engine/engine.ts';
import type { MachineFacts } from './choose-engine-remedy.ts';
import type { InstallContext } from './install-engine.ts';
import { findOnPath } from './machine-facts.ts';

/** How long a dockerd may take to answer after its start; its first one creates keys and networks. */
const answerMs = 60_000;

/**
 * Starts this machine's dockerd as root, by systemd where that runs, and waits until it answers. Gives the log of a
 * dockerd that runs by itself, which then outlives this process.
 */
export async function startEngine(
  facts: MachineFacts,
  env: NodeJS.ProcessEnv,
  context: InstallContext,
): Promise<string | undefined> {
  if (facts.systemd) {
    const started = await execa('systemctl', ['start', 'docker'], {
      reject: false,
      all: true,
      cancelSignal: context.signal,
    });
    context.signal.throwIfAborted();
    if (started.exitCode !== 0)
      throw engineFault(`\`systemctl start docker\` failed: ${started.all}`, 'journalctl -u docker');
    await untilItAnswers(undefined, undefined, context);
    return undefined;
  }
  if (!facts.cgroupsMounted && findOnPath('cgroupfs-mount', env) !== undefined) await execa('cgroupfs-mount');
  await removeStalePidFiles();
  const log = '/var/log/whetstone-dockerd.log';
  await mkdir(path.dirname(log), { recursive: true });
  // `detached` is setsid: Ctrl-C on this terminal must not reach an engine that others use too.
  const daemon = execa('sh', ['-c', 'exec "$0" >> "$1" 2>&1', findOnPath('dockerd', env) ?? 'dockerd', log], {
    detached: true,
    cleanup: false,
    stdio: 'ignore',
    reject: false,
  });
  daemon.unref();
  let ended = false;
  void daemon.then(() => {
    ended = true;
  });
  await untilItAnswers(log, () => ended, context);
  return log;
}

async function untilItAnswers(
  log: string | undefined,
  ended: (() => boolean) | undefined,
  { signal, progress }: InstallContext,
): Promise<void> {
  const deadline = performance.now() + answerMs;
  progress('waiting until the Docker Engine answers');
  for (;;) {
    try {
      await connectEngine({ signal });
      return;
    } catch (cause) {
      signal.throwIfAborted();
      if (ended?.() === true || performance.now() > deadline) {
        const said = log === undefined ? '' : await lastErrors(log);
        const what =
          ended?.() === true ? 'dockerd ended at once' : `dockerd did not answer within ${answerMs / 1000} s`;
        throw engineFault(
          `${what}${said === '' ? '' : `: ${said}`}`,
          log === undefined ? 'journalctl -u docker' : `tail ${log}`,
          cause,
        );
      }
    }
    await sleep(250, undefined, { signal });
  }
}

function engineFault(message: string, look: string, cause?: unknown): Fault {
  return new Fault('engine-start', `${message}.`, {
    hint: `See \`${look}\`, mend what it names, then run the same command again.`,
    kind: 'infrastructure',
    cause,
  });
}

async function lastErrors(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
  const telling = lines.slice(-20).filter((line) => /level=(error|fatal)|failed|error/i.test(line));
  return (telling.at(-1) ?? lines.at(-1) ?? '').replace(/^time="[^"]*" /, '').slice(0, 400);
}

/** A dockerd that was killed leaves its pid behind, and a new one refuses to start once another process has that pid. */
async function removeStalePidFiles(): Promise<void> {
  for (const [file, program] of [
    ['/var/run/docker.pid', 'dockerd'],
    ['/var/run/docker/containerd/containerd.pid', 'containerd'],
  ] as const) {
    const pid = await readFile(file, 'utf8').catch(() => undefined);
    if (pid === undefined) continue;
    const running = await readFile(`/proc/${pid.trim()}/comm`, 'utf8').catch(() => '');
    if (running.trim() !== program) await rm(file, { force: true });
  }
}
