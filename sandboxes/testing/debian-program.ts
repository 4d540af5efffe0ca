import { join } from 'node:path';
import { execa } from 'execa';

/** Unpacks Debian packages below `folder`, which installs and starts nothing. Gives the folder. */
export async function unpackDebianPackages(packages: readonly string[], folder: string): Promise<string> {
  // The machine's lists may be old or none: then once more with new ones.
  const script = `set -e; mkdir -p "$0/deb"; cd "$0/deb"
    apt-get download -q "$@" || { apt-get update -q && apt-get download -q "$@"; }
    for package in *.deb; do dpkg -x "$package" ..; done`;
  await execa('sh', ['-c', script, folder, ...packages]);
  return folder;
}

/** Where the libraries are that were unpacked below `folder`, as LD_LIBRARY_PATH. */
export function libraryPath(folder: string): string {
  const triplet = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  return [join(folder, 'usr/lib', triplet), join(folder, 'lib', triplet)].join(':');
}
