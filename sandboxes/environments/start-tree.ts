import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { label } from '../containers/labels.ts';
import { openSandbox } from '../containers/open-sandbox.ts';
import type { Sandbox } from '../containers/sandbox.ts';
import type { Engine } from '../engine/engine.ts';
import { engineFault } from '../engine/engine-fault.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';

/** Id of an image, and the working directory that it names: /work where it names none. */
export async function inspectStart(engine: Engine, image: string): Promise<{ id: string; workdir: string }> {
  try {
    const { Id, Config } = await engine.docker.getImage(image).inspect();
    // The types know no image without one.
    const named: string | undefined = Config.WorkingDir;
    return { id: Id, workdir: posix.resolve('/work', named === '/' ? '' : (named ?? '')) };
  } catch (error) {
    throw engineFault(error, `the image ${image} was looked up`);
  }
}

/** Whether the folder is there and the sandbox's user may write to it. */
export async function hasWorkdir(sandbox: Sandbox, workdir: string): Promise<boolean> {
  const command = ['sh', '-c', '[ -d "$1" ] && [ -w "$1" ]', 'sh', workdir];
  return (await sandbox.exec(command, { timeoutMs: limits.fileMs })).exitCode === 0;
}

/**
 * An image with the working directory made, the sandbox user's own, and files unpacked into it. Nothing of an agent runs
 * in it: only so may its first step be root's.
 */
export async function makeStartImage(
  engine: Engine,
  options: { image: string; workdir: string; files: Buffer | undefined; signal: AbortSignal | undefined },
): Promise<{ id: string; tag: string }> {
  const { image, workdir, files, signal } = options;
  await using sandbox = await openSandbox(engine, {
    image,
    profile: 'service',
    ttlMs: 2 * limits.fileMs,
    purpose: 'environment start',
    root: true,
    signal,
  });
  const abortable = signal === undefined ? {} : { signal };
  const own = 'mkdir -p -- "$1" && { [ "$(stat -c %u -- "$1")" = 1000 ] || chown -R 1000:1000 -- "$1"; }';
  await must(sandbox, ['sh', '-c', own, 'sh', workdir], abortable);
  if (files !== undefined)
    await must(sandbox, ['tar', '-x', '-C', workdir], { ...abortable, user: 'sandbox', stdin: files });
  const tag = `whetstone/start:${randomUUID()}`;
  const id = await sandbox.commit(tag, {
    labels: {
      [label.owner]: engine.owner,
      [label.snapshot]: tag,
      [label.snapshotExpires]: String(Date.now() + limits.environment.maxLifetimeMs),
    },
  });
  return { id, tag };
}

async function must(
  sandbox: Sandbox,
  command: readonly string[],
  options: Omit<Parameters<Sandbox['exec']>[1], 'timeoutMs'>,
): Promise<void> {
  const done = await sandbox.exec(command, { ...options, timeoutMs: limits.fileMs });
  if (done.exitCode === 0) return;
  throw new SandboxFault(
    'start-failed',
    `An environment's working directory could not be made: ${done.stderr.trim().slice(-500) || done.outcome}`,
    {
      hint: 'See that the initial files are a tar archive of relative paths, and that the image has GNU tar.',
    },
  );
}
