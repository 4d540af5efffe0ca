import { execa } from 'execa';
import type { Engine } from '../engine/engine.ts';
import { followProgress } from '../engine/follow-progress.ts';
import { programs } from '../images/programs.ts';

export const smallPrograms = [...Object.keys(programs), 'chmod', 'dirname', 'id', 'ls', 'mkdir', 'true'];

/**
 * A few megabytes with what a sandbox needs, or what is asked for, of this host's own programs: imported in a moment, with no
 * network. Folders of the host come along as they are.
 */
export async function importSmallImage(
  engine: Engine,
  image = 'small:1',
  contents: readonly string[] = smallPrograms,
  folders: readonly string[] = [],
): Promise<string> {
  const script = `set -e; root=$(mktemp -d); trap 'rm -rf "$root"' EXIT; cd "$root"
    mkdir -p bin etc proc sys dev work; mkdir -m 1777 tmp
    for program in ${contents.join(' ')}; do
      file=/usr/bin/$program; [ -e $file ] || file=$(command -v $program); cp -L $file bin/
      ldd bin/$program | grep -o '/[^ ]*' | while read -r lib; do mkdir -p ".$(dirname $lib)"; cp -L $lib .$lib; done
    done
    for folder in ${folders.join(' ')}; do mkdir -p ".$(dirname $folder)"; cp -r $folder .$folder; done
    echo 'root:x:0:0:root:/:/bin/sh' > etc/passwd
    tar -c .`;
  const archive = execa('sh', ['-c', script], { encoding: 'buffer', buffer: { stdout: false } });
  const [repo, tag] = image.split(':');
  const stream = await engine.docker.importImage(archive.stdout, { repo, tag, changes: ['ENV PATH=/bin'] });
  await followProgress(stream);
  await archive;
  return image;
}
