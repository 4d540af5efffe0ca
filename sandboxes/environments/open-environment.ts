import { posix } from 'node:path';
import { openSandbox } from '../containers/open-sandbox.ts';
import type { Profile } from '../containers/profiles.ts';
import type { Sandbox } from '../containers/sandbox.ts';
import type { Engine } from '../engine/engine.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { removeImage } from '../reap.ts';
import type { StartTree } from './diff-tree.ts';
import type { Environment } from './environment.ts';
import { type EnvironmentNetwork, NetworkAccess } from './environment-network.ts';
import { lifetimeOf } from './lifetime.ts';
import { SandboxEnvironment } from './sandbox-environment.ts';
import { findSnapshot, type Snapshot } from './snapshots.ts';
import { hasWorkdir, inspectStart, makeStartImage } from './start-tree.ts';

export interface RestoreOptions {
  name: string;
  /** For people who look at `docker ps`. */
  purpose: string;
  /** Added to the environment of every command. */
  env?: Record<string, string> | undefined;
  memoryBytes?: number | undefined;
  cpus?: number | undefined;
  /** The only hosts that it reaches, through a proxy in this process; none where it is not given. Needs Node in the image. */
  network?: EnvironmentNetwork | undefined;
  /** Milliseconds without a call or a running command after which it ends. */
  idleMs?: number | undefined;
  /** Milliseconds after which it ends; `extend` moves that, up to `maxLifetimeMs`. */
  ttlMs?: number | undefined;
  maxLifetimeMs?: number | undefined;
  /** How long its snapshots are kept. */
  snapshotMs?: number | undefined;
  /** Of the opening. */
  signal?: AbortSignal | undefined;
}

export interface EnvironmentOptions extends RestoreOptions {
  /** Tag or id; it must have git, GNU tar and GNU findutils besides what a sandbox needs. */
  image: string;
  /** `hardened` works in tmpfs below /work alone, and cannot be snapshotted. */
  profile?: Profile | undefined;
  /** By default the image's own, or /work. Made where it is missing. */
  workdir?: string | undefined;
  /** A tar archive that is unpacked into the working directory: part of what `diff` compares with. */
  files?: Buffer | undefined;
}

const emptyTar = Buffer.alloc(1024);

/**
 * A container in which an agent works for a while. It ends with this process. SandboxFault: those of `openSandbox`,
 * `bad-environment`, `start-failed`; with a network those of `openProxy`.
 */
export async function openEnvironment(engine: Engine, options: EnvironmentOptions): Promise<Environment> {
  const { files, profile = 'service', signal } = options;
  const image = await inspectStart(engine, options.image);
  const workdir =
    profile === 'hardened'
      ? posix.resolve('/work', options.workdir ?? '')
      : (options.workdir ?? image.workdir);
  checkOptions({ ...options, workdir, profile });
  if (profile === 'hardened') {
    const start = { image: image.id, workdir, files: files ?? emptyTar };
    return await open(
      engine,
      { options, start, workdir, profile, parent: undefined, ownImage: undefined },
      (sandbox) => sandbox.upload(workdir, start.files),
    );
  }
  const plain = {
    options,
    start: { image: image.id, workdir },
    workdir,
    profile,
    parent: undefined,
  } as const;
  if (files === undefined) {
    const opened = await open(engine, { ...plain, ownImage: undefined }, async (sandbox) => {
      if (!(await hasWorkdir(sandbox, workdir))) throw new MissingWorkdir();
    }).catch((error: unknown) => {
      if (error instanceof MissingWorkdir) return undefined;
      throw error;
    });
    if (opened !== undefined) return opened;
  }
  const made = await makeStartImage(engine, { image: image.id, workdir, files, signal });
  return await open(engine, { ...plain, start: { image: made.id, workdir }, ownImage: made.tag });
}

class MissingWorkdir extends Error {}

/** Goes on from a snapshot, whichever process made it. SandboxFault `no-such-snapshot`. */
export async function restoreEnvironment(
  engine: Engine,
  snapshotId: string,
  options: RestoreOptions,
): Promise<Environment> {
  return await openSnapshot(engine, await findSnapshot(engine, snapshotId), options, undefined);
}

function openSnapshot(
  engine: Engine,
  { id, image, workdir, start }: Snapshot,
  options: RestoreOptions,
  ownImage: string | undefined,
): Promise<Environment> {
  checkOptions({ ...options, workdir, profile: 'service' });
  return open(engine, {
    options,
    start: { image: start, workdir },
    from: image,
    workdir,
    profile: 'service',
    parent: id,
    ownImage,
  });
}

interface Opening {
  options: RestoreOptions;
  start: StartTree;
  /** The image to open, where it is not the start's. */
  from?: string;
  workdir: string;
  profile: Profile;
  parent: string | undefined;
  /** Tag of an image that goes with the environment. */
  ownImage: string | undefined;
}

async function open(
  engine: Engine,
  opening: Opening,
  prepare: (sandbox: Sandbox) => Promise<void> = async () => {},
): Promise<Environment> {
  const { options, start, from, workdir, profile, parent, ownImage } = opening;
  const lifetime = lifetimeOf(options);
  let sandbox: Sandbox | undefined;
  let network: NetworkAccess | undefined;
  try {
    sandbox = await openSandbox(engine, {
      image: from ?? start.image,
      profile,
      ttlMs: lifetime.maxLifetimeMs + limits.environment.lifetimeGraceMs,
      purpose: options.purpose,
      memoryBytes: options.memoryBytes,
      cpus: options.cpus,
      signal: options.signal,
    });
    await prepare(sandbox);
    if (options.network !== undefined) network = await NetworkAccess.open(sandbox, options.network);
    options.signal?.throwIfAborted();
  } catch (error) {
    await sandbox?.[Symbol.asyncDispose]();
    if (ownImage !== undefined) await removeImage(engine, ownImage);
    throw error;
  }
  return new SandboxEnvironment(engine, sandbox, {
    ...lifetime,
    name: options.name,
    purpose: options.purpose,
    env: options.env ?? {},
    network,
    snapshotMs: options.snapshotMs,
    workdir,
    start,
    parent,
    snapshotable: profile === 'service',
    ownImage,
    restore: (snapshot, fork) =>
      openSnapshot(engine, snapshot, { ...options, name: fork, signal: undefined }, snapshot.image),
  });
}

function checkOptions(
  options: RestoreOptions & { workdir: string; profile: Profile; files?: Buffer | undefined },
): void {
  const { name, workdir, profile, files } = options;
  const wrong = (what: string): never => {
    throw new SandboxFault('bad-environment', what, { hint: 'Change what the environment is opened with.' });
  };
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name))
    wrong('The name of an environment has 1 to 63 letters, digits, dots, dashes or underscores.');
  if (!posix.isAbsolute(workdir) || posix.normalize(workdir) === '/' || workdir.includes('\0'))
    wrong(`${JSON.stringify(workdir)} cannot be a working directory: name an absolute path that is not /.`);
  if (profile === 'hardened' && workdir !== '/work' && !workdir.startsWith('/work/'))
    wrong('A hardened environment can work below /work alone.');
  if (files !== undefined && files.length > limits.environment.filesBytes)
    wrong(`The initial files have ${files.length} bytes; ${limits.environment.filesBytes} are allowed.`);
}
