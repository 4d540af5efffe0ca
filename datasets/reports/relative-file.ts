import { posix } from 'node:path';
import { cleanTitle } from './clean-text.ts';

const DRIVE = /^[a-z]:[\\/]/i;

/**
 * A test file as its ids name it: relative to `root` (absolute, of the machine where the tests ran), `/` between folders.
 * What lies elsewhere is `…/<name>`, as a path of that machine would differ on the next, and `inside` is false.
 */
export function relativeFile(file: string, root: string): { file: string; inside: boolean } {
  const place = posix.normalize(slashes(fromUrl(file), root));
  const base = posix.normalize(`${slashes(root, root)}/`);
  const relative = place.startsWith(base) ? place.slice(base.length) : place;
  const inside = !isAbsoluteFile(relative) && relative !== '..' && !relative.startsWith('../');
  return { file: cleanTitle(inside ? relative : `…/${posix.basename(relative)}`), inside };
}

export function isAbsoluteFile(file: string): boolean {
  return file.startsWith('/') || file.startsWith('file://') || DRIVE.test(file);
}

/** A backslash is a separator on Windows alone. */
function slashes(file: string, root: string): string {
  return DRIVE.test(file) || DRIVE.test(root) ? file.replaceAll('\\', '/') : file;
}

function fromUrl(file: string): string {
  if (!file.startsWith('file://')) return file;
  const path = file.slice('file://'.length);
  try {
    return decodeURIComponent(path).replace(/^\/(?=[a-z]:)/i, '');
  } catch {
    return path;
  }
}
