import { constants } from 'node:fs';
import { access, chmod } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { execa } from 'execa';
import { shellQuote } from '../containers/shell-quote.ts';
import type { Engine } from '../engine/engine.ts';
import { engineFault } from '../engine/engine-fault.ts';
import { followProgress } from '../engine/follow-progress.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import type { BuildOptions, DebianBase } from './debian-base.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** mmdebstrap's archive goes to the engine as it is written: there is no second copy of it on the disk. */
export async function bootstrap(
  engine: Engine,
  base: DebianBase,
  image: string,
  labels: Record<string, string>,
  options: BuildOptions,
): Promise<void> {
  await ensureMmdebstrap(base.registryImage, options);
  options.progress(
    `no registry is reached: making the base from ${base.packages.length} Debian packages and what they need`,
  );
  const files = Object.entries(base.files).map(
    ([path, content]) =>
      `--essential-hook=mkdir -p "$(dirname "$1${path}")" && printf %s ${shellQuote(content)} > "$1${path}"`,
  );
  await using temporary = await temporaryFolder();
  // The chroot's own users go through it.
  await chmod(temporary.path, 0o755);
  const making = execa(
    'mmdebstrap',
    [
      '--variant=minbase',
      '--format=tar',
      '--aptopt=Apt::Install-Recommends "false"',
      ...base.excluded.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
      ...files,
      `--include=${base.packages.join(',')}`,
      base.suite,
      '-',
    ],
    {
      buffer: { stdout: false, stderr: true },
      encoding: 'buffer',
      env: { TMPDIR: temporary.path },
      // SIGTERM lets it take away what it mounted.
      timeout: limits.image.buildMs,
      forceKillAfterDelay: 20_000,
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    },
  );
  const archive = new PassThrough();
  making.stdout.pipe(archive, { end: false });
  const imported = engine.docker
    .importImage(archive, {
      repo: image.slice(0, image.lastIndexOf(':')),
      tag: image.slice(image.lastIndexOf(':') + 1),
      changes: Object.entries(labels).map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`),
    })
    .then((stream) => followProgress(stream));
  // An archive that just stops would be imported as if it were whole: its end is sent only when mmdebstrap
  // ended well, and its connection is broken off when not.
  const made = making.then(
    () => archive.end(),
    (error: unknown) => {
      archive.destroy(new Error('mmdebstrap failed'));
      options.signal?.throwIfAborted();
      const said =
        error instanceof Error && 'stderr' in error
          ? Buffer.from(error.stderr as Uint8Array).toString('utf8')
          : '';
      throw baseFailed('mmdebstrap', said, error);
    },
  );
  const [importing, building] = await Promise.allSettled([
    imported.catch((error: unknown) => {
      // A refused import is what stops mmdebstrap here, not the other way round.
      making.kill();
      archive.resume();
      throw engineFault(error, `${image} was imported`);
    }),
    made,
  ]);
  const faults = [importing, building].flatMap((settled) =>
    settled.status === 'rejected' ? [settled.reason] : [],
  );
  // The engine's own word (a full disk) explains more than a maker that lost its reader.
  const fault =
    faults.find((each) => each instanceof SandboxFault && each.code === 'disk-full') ?? faults.at(-1);
  if (fault !== undefined) throw fault;
}

async function ensureMmdebstrap(registryImage: string, options: BuildOptions): Promise<void> {
  if (await onPath('mmdebstrap')) return;
  const install = 'apt-get update && apt-get install -y mmdebstrap debian-archive-keyring';
  if (process.getuid?.() !== 0 || !(await onPath('apt-get'))) {
    throw new SandboxFault(
      'no-base',
      `The registry does not give ${registryImage}, and mmdebstrap, which would make it from Debian's packages, is not installed.`,
      {
        hint: `See that \`docker pull ${registryImage}\` works, or on Debian or Ubuntu run \`sudo sh -c "${install}"\`.`,
      },
    );
  }
  options.progress('installing mmdebstrap');
  try {
    await execa('sh', ['-c', install], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw baseFailed('apt-get install mmdebstrap', said, error);
  }
}

export function baseFailed(what: string, said: string, cause: unknown): Error {
  const full = /no space left on device|not enough free space/i.test(said);
  const tail = said.trim().split('\n').slice(-6).join('\n').slice(-800);
  return new SandboxFault(
    full ? 'disk-full' : 'base-failed',
    `${what} could not make the base image: ${tail}`,
    {
      hint: full
        ? 'Free some space, then run the command again; nothing half-made was kept.'
        : 'See that a Debian mirror is reachable (`apt-get update`), then run the command again; nothing half-made was kept.',
      cause,
    },
  );
}

async function onPath(program: string): Promise<boolean> {
  const tries = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => access(join(folder, program), constants.X_OK));
  return (await Promise.allSettled(tries)).some(({ status }) => status === 'fulfilled');
}
