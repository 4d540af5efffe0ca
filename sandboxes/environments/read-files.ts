import type { Sandbox } from '../containers/sandbox.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { splitFields, streamCommand } from './stream-command.ts';

/** A piece of a file. */
export interface FileRange {
  bytes: Buffer;
  offset: number;
  /** Of the whole file. */
  totalBytes: number;
}

export interface FileEntry {
  /** From the folder that was listed. Where it is no UTF-8, `raw` has its bytes, and no call can name it. */
  path: string;
  raw?: Buffer;
  type: 'file' | 'folder' | 'link' | 'other';
  bytes: number;
  /** Permission bits. */
  mode: number;
  /** Epoch milliseconds. */
  modifiedAt: number;
}

export interface ListOptions {
  recursive?: boolean | undefined;
  maxEntries?: number | undefined;
  /** The `next` of the page before. */
  after?: string | undefined;
}

const NO_FILE = 44;
const rangeScript = `[ -e "$1" ] || exit ${NO_FILE}
[ -f "$1" ] || { echo 'not a file' >&2; exit 1; }
stat -L -c %s -- "$1" && tail -c "+$2" -- "$1" | head -c "$3"`;

/** Bytes of a file from `offset` on. SandboxFault `no-such-file`, `file-failed`. */
export async function readRange(
  sandbox: Sandbox,
  path: string,
  range: { offset?: number; length?: number },
): Promise<FileRange> {
  const offset = Math.max(0, Math.trunc(range.offset ?? 0));
  const length = Math.min(range.length ?? limits.environment.readBytes, limits.environment.readBytes);
  const command = ['sh', '-c', rangeScript, 'sh', path, String(offset + 1), String(length)];
  const done = await sandbox.execBytes(command, {
    timeoutMs: limits.fileMs,
    maxOutputBytes: limits.environment.readBytes + 64,
  });
  if (done.exitCode === NO_FILE) {
    throw new SandboxFault('no-such-file', `There is no file ${path}.`, { hint: 'List its folder.' });
  }
  const lineEnd = done.stdout.indexOf('\n');
  if (done.exitCode !== 0 || lineEnd === -1) throw failed(path, done.stderr.toString('utf8') || done.outcome);
  return {
    bytes: done.stdout.subarray(lineEnd + 1, lineEnd + 1 + length),
    offset,
    totalBytes: Number(done.stdout.subarray(0, lineEnd)),
  };
}

const types: Record<string, FileEntry['type']> = { f: 'file', d: 'folder', l: 'link' };
// A path may hold all but a NUL, so the facts are what follows its last tab.
const listScript = `[ -d "$1" ] || exit ${NO_FILE}
cd -- "$1" && find . -mindepth 1 $2 -printf '%P\\t%y %s %m %T@\\0' | LC_ALL=C sort -z`;

/** What is in a folder, in the order of the bytes of its paths; `next` where there is more. */
export async function listFiles(
  sandbox: Sandbox,
  folder: string,
  options: ListOptions,
): Promise<{ entries: FileEntry[]; next: string | undefined }> {
  const most = Math.min(
    options.maxEntries ?? limits.environment.listEntries,
    limits.environment.maxListEntries,
  );
  const after = options.after === undefined ? undefined : Buffer.from(options.after, 'base64url');
  const entries: FileEntry[] = [];
  let last = Buffer.alloc(0);
  const split = splitFields([0], limits.environment.pathBytes, (record) => {
    const tab = record.lastIndexOf('\t');
    const key = record.subarray(0, tab + 1);
    if (after !== undefined && Buffer.compare(key, after) <= 0) return true;
    if (entries.length === most) return false;
    entries.push(entryOf(record.subarray(0, tab), record.subarray(tab + 1).toString('latin1')));
    last = Buffer.from(key);
    return true;
  });
  const command = ['sh', '-c', listScript, 'sh', folder, options.recursive ? '' : '-maxdepth 1'];
  const ended = await streamCommand(sandbox, command, { timeoutMs: limits.fileMs }, split);
  if (ended.outcome === 'timed_out') throw failed(folder, `it could not be listed in ${limits.fileMs} ms`);
  if (ended.exitCode === NO_FILE) {
    throw new SandboxFault('no-such-file', `There is no folder ${folder}.`, {
      hint: 'List the one above it.',
    });
  }
  return { entries, next: ended.outcome === 'stopped' ? last.toString('base64url') : undefined };
}

function entryOf(raw: Buffer, facts: string): FileEntry {
  const [type = '', bytes, mode = '', seconds] = facts.split(' ');
  const path = raw.toString('utf8');
  return {
    path,
    ...(Buffer.from(path, 'utf8').equals(raw) ? {} : { raw: Buffer.from(raw) }),
    type: types[type] ?? 'other',
    bytes: Number(bytes),
    mode: Number.parseInt(mode, 8),
    modifiedAt: Math.round(Number(seconds) * 1000),
  };
}

function failed(path: string, why: string): SandboxFault {
  return new SandboxFault('file-failed', `${path}: ${why.trim().slice(-500)}`, {
    hint: 'The path must be one that the user `sandbox` may read.',
  });
}
