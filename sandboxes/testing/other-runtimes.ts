import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { libraryPath, unpackDebianPackages } from './debian-program.ts';

/** crun and gVisor, unpacked below `folder`, as a private engine takes them. */
export async function unpackRuntimes(folder: string) {
  await unpackDebianPackages(['crun', 'libyajl2', 'runsc'], folder);
  const crun = `#!/bin/sh\nLD_LIBRARY_PATH=${libraryPath(folder)} exec ${folder}/usr/bin/crun "$@"\n`;
  await writeFile(join(folder, 'crun'), crun, { mode: 0o755 });
  return {
    crun: { path: join(folder, 'crun') },
    // Debian's is of 2022 and takes every network namespace of a newer kernel for the host's.
    runsc: { path: join(folder, 'usr/bin/runsc'), args: ['--network=none'] },
  };
}
