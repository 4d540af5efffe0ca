import { execa } from 'execa';
import { Fault } from '../../datasets/fault.ts';

export interface InstallContext {
  signal: AbortSignal;
  progress: (line: string) => void;
}

/** Installs Debian packages as root and gives those that were not there before, dependencies included. */
export async function installPackages(
  packages: readonly string[],
  context: InstallContext,
): Promise<string[]> {
  const before = await installedPackages();
  await apt(['update'], context);
  // --no-remove: a package of the user's own that conflicts must not vanish for ours.
  await apt(['install', '--yes', '--no-install-recommends', '--no-remove', ...packages], context);
  return [...(await installedPackages())].filter((name) => !before.has(name));
}

export async function removePackages(packages: readonly string[], context: InstallContext): Promise<void> {
  const installed = await installedPackages();
  const present = packages.filter((name) => installed.has(name));
  if (present.length > 0) await apt(['remove', '--yes', ...present], context);
}

/** Debian packages on this machine; none where there is no dpkg. */
export async function installedPackages(): Promise<Set<string>> {
  const format = ['db:Status-Abbrev', 'Package'].map((field) => `$\{${field}}`).join(' ');
  const { stdout = '' } = await execa('dpkg-query', ['--show', '--showformat', `${format}\n`], {
    reject: false,
  });
  return new Set(
    stdout
      .split('\n')
      .filter((line) => line.startsWith('ii'))
      .map((line) => line.slice(2).trim()),
  );
}

async function apt(words: readonly string[], { signal, progress }: InstallContext): Promise<void> {
  const command = ['apt-get', '-o', 'DPkg::Lock::Timeout=300', '-q', ...words];
  const running = execa(command[0] as string, command.slice(1), {
    all: true,
    env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
    stdin: 'ignore',
    reject: false,
    cancelSignal: signal,
    // dpkg must get the time to leave its database whole.
    forceKillAfterDelay: 60_000,
  });
  for await (const line of running.iterable({ from: 'all' })) {
    if (/^(Setting up|Removing|Fetched|E:)/.test(String(line))) progress(String(line));
  }
  const { exitCode, all } = await running;
  signal.throwIfAborted();
  if (exitCode === 0) return;
  const said = (all ?? '').split('\n').filter((line) => /^[EW]: /.test(line));
  throw new Fault(
    'apt-failed',
    `\`${command.join(' ')}\` failed: ${(said.length > 0 ? said : ['no reason given']).slice(0, 3).join(' ')}.`,
    {
      hint: 'Mend that by hand (often the network, or a package that conflicts), then run the same command again.',
      kind: 'infrastructure',
    },
  );
}
