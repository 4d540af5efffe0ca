import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Fault } from '../fault.ts';

/** Enough to see many records, little enough to hold for each open log. */
const HEAD_BYTES = 128 * 1024;
/** Strings of this size die young: larger ones would wait for a full collection. */
const CHUNK_BYTES = 32 * 1024;

export interface OpenedLog {
  /** How messages name it: the path, or `standard input`. */
  name: string;
  /** The first bytes, decompressed: about 128 KiB, unless the log is shorter. */
  head: Buffer;
  /** All bytes from the first on, decompressed. */
  chunks: AsyncGenerator<Buffer>;
}

/**
 * Opens a log file (gzip is unpacked), or `-` for `stdin`. Throws a Fault for a log that is missing, a directory,
 * unreadable, empty or binary, and, while `chunks` is read, for a gzip file that ends too early.
 */
export async function openLog(path: string, stdin: Readable): Promise<OpenedLog> {
  const name = path === '-' ? 'standard input' : path;
  await requireLogFile(path);
  const raw = path === '-' ? stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const source = unpack(readBytes(raw, name), name);
  const first: Buffer[] = [];
  let bytes = 0;
  while (bytes < HEAD_BYTES) {
    const next = await source.next();
    if (next.done === true) break;
    first.push(next.value);
    bytes += next.value.length;
  }
  const head = Buffer.concat(first);
  if (head.length === 0) {
    throw new Fault('empty-log', `${name} is empty: there is no statement to rank.`, {
      hint: 'Check that the server logs to this file (logging_collector, log_directory) and that it was not just rotated away.',
    });
  }
  const nul = head.indexOf(0);
  if (nul >= 0) {
    const line = countNewlines(head.subarray(0, nul)) + 1;
    throw new Fault('binary-log', `${name}, line ${line}: there is a NUL byte, so this is not a text log.`, {
      hint: 'Give the text log (stderr, csvlog or jsonlog), plain or packed with gzip.',
    });
  }
  return { name, head, chunks: resume(head, source) };
}

/** Throws the Fault of a log that is missing or a directory, without opening it; `-` passes. */
export async function requireLogFile(path: string): Promise<void> {
  if (path === '-') return;
  let found: Stats;
  try {
    found = await stat(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (found.isDirectory()) {
    throw new Fault('log-is-directory', `${path} is a directory, not a log file.`, {
      hint: `Name the files in it, for example ${path.replace(/\/$/, '')}/*.log.`,
    });
  }
}

async function* readBytes(stream: Readable, name: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream)
      yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

async function* unpack(bytes: AsyncGenerator<Buffer>, name: string): AsyncGenerator<Buffer> {
  const first = await bytes.next();
  if (first.done === true) return;
  const whole = resume(first.value, bytes);
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* whole;
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const feeding = feed(whole, gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
    await feeding;
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const early = (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
    throw new Fault(
      'damaged-gzip',
      `${name} is packed with gzip and ${early ? 'ends too early' : 'damaged'}.`,
      {
        hint: 'Copy the file again, or unpack what is whole of it with `zcat` and give that.',
        cause,
      },
    );
  }
}

async function feed(bytes: AsyncGenerator<Buffer>, into: ReturnType<typeof createGunzip>): Promise<void> {
  try {
    for await (const chunk of bytes) {
      if (!into.write(chunk))
        await new Promise((resolve) => into.once('drain', resolve).once('close', resolve));
      if (into.destroyed) return;
    }
    into.end();
  } catch (error) {
    into.destroy(error as Error);
  }
}

async function* resume(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}

function unreadable(name: string, cause: unknown): Fault {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new Fault('missing-log', `${name}: there is no such file.`, {
      hint: 'Check the path; `psql -c "SHOW log_directory"` says where a server writes its logs.',
      cause,
    });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new Fault('unreadable-log', `${name} may not be read by this user.`, {
      hint: `Give read permission, or pipe it in: sudo cat ${name} | whetstone patterns -`,
      cause,
    });
  }
  return new Fault('unreadable-log', `${name} could not be read: ${(cause as Error).message}.`, {
    hint: 'Check the disk or the mount, and try again.',
    cause,
    kind: 'infrastructure',
  });
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}
