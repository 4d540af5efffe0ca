import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import picomatch from 'picomatch';
import { Fault } from '../../datasets/fault.ts';
import { collectPatterns } from '../../datasets/patterns/collect-patterns.ts';
import type { Pattern } from '../../datasets/patterns/pattern.ts';
import { type ReadLog, readLog } from '../../datasets/sources/read-log.ts';
import type { OwnedQuery } from '../admit/read-queries.ts';
import type { OwnedPattern, SourceRead } from '../state/stores/pattern-store.ts';
import type { Target } from '../target/load-target.ts';
import type { LoopContext } from './context.ts';

/** Every log file that the configuration's sources name, in order. */
export async function findSources(
  target: Target,
): Promise<{ path: string; format: ReadLog['format'] | undefined }[]> {
  const found: { path: string; format: ReadLog['format'] | undefined }[] = [];
  for (const source of target.config.sources) {
    const file = path.resolve(path.dirname(target.configPath), source.path);
    const matches = picomatch(path.basename(file));
    const names = /[*?[{]/.test(path.basename(file))
      ? (await readdir(path.dirname(file)).catch(() => [])).filter((name) => matches(name)).sort()
      : [path.basename(file)];
    if (names.length === 0) {
      throw new Fault('no-source', `${target.configPath}: sources: nothing matches ${source.path}`, {
        hint: 'correct the path; it is relative to the configuration file',
      });
    }
    const format = source.format === 'auto' ? undefined : source.format;
    for (const name of names) found.push({ path: path.join(path.dirname(file), name), format });
  }
  return found;
}

/** Content address of the sources as they are now: the same logs give the same loop. */
export async function hashSources(
  target: Target,
): Promise<{ path: string; bytes: number; sha256: string }[]> {
  const hashed: { path: string; bytes: number; sha256: string }[] = [];
  for (const source of await findSources(target)) {
    const hash = createHash('sha256');
    try {
      await pipeline(createReadStream(source.path), hash);
      hashed.push({ path: source.path, bytes: (await stat(source.path)).size, sha256: hash.digest('hex') });
    } catch (cause) {
      throw new Fault(
        'no-source',
        `the log ${source.path} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
        {
          hint: `correct sources in ${target.configPath}, or make the file readable`,
          cause,
        },
      );
    }
  }
  return hashed;
}

/** Reads all sources of a target as one log. */
export async function readSources(
  target: Target,
): Promise<{ patterns: Pattern[]; signals: number; sources: Omit<SourceRead, 'sha256'>[] }> {
  const logs: ReadLog[] = [];
  for (const { path: file, format } of await findSources(target)) logs.push(await readLog(file, { format }));
  const patterns = await collectPatterns(logs.map(({ signals }) => signals));
  return {
    patterns,
    signals: patterns.reduce((sum, pattern) => sum + pattern.count, 0),
    sources: logs.map(({ name, counts }) => ({ path: name, bytes: counts.bytes, signals: counts.matched })),
  };
}

/** Reads all sources and keeps in the state what was read, and the patterns with the query that owns each. */
export async function recordSources(
  { target, state, progress }: LoopContext,
  queries: readonly OwnedQuery[],
): Promise<{ patterns: OwnedPattern[]; signals: number }> {
  progress('reading the log');
  const { patterns, signals, sources } = await readSources(target);
  const owner = new Map(queries.map((query) => [query.pattern, query.name]));
  const owned = patterns.map((pattern) => ({ ...pattern, query: owner.get(pattern.id) ?? null }));
  await state.patterns.replaceAll(owned);
  const hashes = new Map((await hashSources(target)).map((source) => [source.path, source.sha256]));
  for (const source of sources) {
    await state.patterns.recordSource({ ...source, sha256: hashes.get(path.resolve(source.path)) ?? '' });
  }
  progress(`${signals} calls in ${patterns.length} patterns`);
  return { patterns: owned, signals };
}
