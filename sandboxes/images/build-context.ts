import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { lstat, open, readdir, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import dockerignore from '@balena/dockerignore';
import { execa } from 'execa';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';

export interface BuildContext {
  /** The archive, in the folder that was given. */
  tar: string;
  /** Of the archive: paths, modes and bytes, no times and no owners. */
  sha256: string;
  bytes: number;
}

/**
 * Writes what a build may copy from, without what .dockerignore leaves out, as an archive below `into`. What is hashed is what is sent.
 * SandboxFault `bad-context`: a symlink that leaves the folder, something that is no file, too much.
 */
export async function packContext(
  context: string,
  into: string,
  signal: AbortSignal | undefined,
): Promise<BuildContext> {
  const root = await realpath(context).catch((cause: unknown) => {
    throw contextFault(
      context,
      'there is no such folder',
      'Name the folder that the Dockerfile copies from.',
      cause,
    );
  });
  const paths = await listContext(root);
  const tar = join(into, 'context.tar');
  const hash = createHash('sha256');
  let bytes = 0;
  const packing = execa(
    'tar',
    [
      ...['-c', '--format=gnu', '-C', root, '--hard-dereference', '--mtime=@0', '--owner=0', '--group=0'],
      ...['--numeric-owner', '--no-recursion', '--null', '--verbatim-files-from', '--files-from=-'],
    ],
    {
      input: paths.map((path) => `./${path}\0`).join(''),
      encoding: 'buffer',
      buffer: { stdout: false, stderr: true },
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    },
  );
  try {
    await Promise.all([
      packing,
      pipeline(
        packing.stdout,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            bytes += chunk.length;
            hash.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(tar),
      ),
    ]);
  } catch (cause) {
    signal?.throwIfAborted();
    const said = cause instanceof Error && 'stderr' in cause ? Buffer.from(cause.stderr as Uint8Array) : '';
    throw contextFault(
      root,
      `it could not be packed: ${printable(said.toString('utf8').trim().slice(-400) || String(cause))}`,
      'Let nothing change in it during the build, see that all of it can be read, and that there is space.',
      cause,
    );
  }
  return { tar, sha256: hash.digest('hex'), bytes };
}

/** A text file of the context, such as the Dockerfile; undefined where there is none. */
export async function readContextText(context: string, path: string): Promise<string | undefined> {
  const root = await realpath(context).catch(() => context);
  const file = await realpath(resolve(root, path)).catch(() => undefined);
  if (file === undefined) return undefined;
  if (isOutside(root, file)) {
    throw contextFault(
      root,
      `${printable(path)} lies outside of it`,
      'Keep it inside of the context folder.',
    );
  }
  const { size } = await lstat(file);
  if (size > limits.context.textBytes) {
    throw contextFault(
      root,
      `${printable(path)} is larger than ${limits.context.textBytes} bytes`,
      'Shorten it.',
    );
  }
  await using handle = await open(file);
  return await handle.readFile('utf8');
}

/** What goes in, sorted, folders before what is in them. */
async function listContext(root: string): Promise<string[]> {
  const rules = (await readContextText(root, '.dockerignore')) ?? '';
  const filter = dockerignore.default({ ignorecase: false }).add(rules);
  // What a rule takes back in may lie in a folder that another left out.
  const takesBack = /^\s*!/m.test(rules);
  const paths: string[] = [];
  let bytes = 0;
  let seen = 0;
  const visit = async (folder: string): Promise<void> => {
    for (const name of (await readdir(join(root, folder))).sort()) {
      const path = folder === '' ? name : `${folder}/${name}`;
      // It has had its say, and the build is given one of its own.
      if (path === '.dockerignore') continue;
      if (name.includes('\uFFFD')) {
        throw contextFault(root, `the name of ${printable(path)} is not UTF-8`, IGNORE_OR_RENAME);
      }
      if (++seen > limits.context.entries) {
        throw contextFault(root, `it has more than ${limits.context.entries} entries`, TOO_MUCH);
      }
      const ignored = filter.ignores(path);
      const stats = await lstat(join(root, path));
      if (ignored && !(stats.isDirectory() && takesBack)) continue;
      if (!ignored) paths.push(path);
      if (stats.isDirectory()) await visit(path);
      else if (stats.isSymbolicLink()) await refuseLeaving(root, path);
      else if (!stats.isFile())
        throw contextFault(root, `${printable(path)} is neither a file nor a folder`, IGNORE);
      else if (stats.size > limits.context.fileBytes) {
        throw contextFault(
          root,
          `${printable(path)} is larger than ${limits.context.fileBytes} bytes`,
          IGNORE,
        );
      } else {
        bytes += stats.size;
      }
      if (bytes > limits.context.bytes) {
        throw contextFault(root, `its files are more than ${limits.context.bytes} bytes`, TOO_MUCH);
      }
    }
  };
  await visit('');
  return paths;
}

const IGNORE = 'Take it out of the folder, or name it in its .dockerignore.';
const IGNORE_OR_RENAME = 'Rename it, or take it out of the folder.';
const TOO_MUCH = 'Name what the build does not need in its .dockerignore: `.git`, `node_modules`.';

/**
 * No folder on the way to a link is a link itself, and every link of the context is looked at: so where one leads is what its
 * text says, unless that climbs out of something that it went into, which may be a link.
 */
async function refuseLeaving(root: string, path: string): Promise<void> {
  const target = await readlink(join(root, path));
  const words = target.split('/').filter((word) => word !== '' && word !== '.');
  const down = words.findIndex((word) => word !== '..');
  const climbs = down !== -1 && words.includes('..', down);
  const leaves = isAbsolute(target) || isOutside(root, resolve(root, dirname(path), target));
  if (!climbs && !leaves) return;
  const how = leaves ? 'leads out of it' : 'may lead out of it';
  throw contextFault(root, `the symlink ${printable(path)} ${how}, to ${printable(target)}`, IGNORE);
}

function isOutside(root: string, place: string): boolean {
  const way = relative(root, place);
  return way === '..' || way.startsWith('../') || isAbsolute(way);
}

function contextFault(context: string, why: string, hint: string, cause?: unknown): SandboxFault {
  return new SandboxFault('bad-context', `The build context ${printable(context)} is refused: ${why}.`, {
    hint,
    cause,
  });
}

/** One line of what may hold anything. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 1000);
}
