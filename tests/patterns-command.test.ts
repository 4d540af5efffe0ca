import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PatternsDocument, patternsCommand } from '../cli/commands/patterns.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LOG = join(ROOT, 'examples/flights-log/postgresql.log');
const CSV = join(ROOT, 'examples/flights-log/postgresql.csv');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whetstone-patterns-command-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function whetstone(args: string[], input?: Buffer) {
  return execa('node', [join(ROOT, 'bin/whetstone.mjs'), 'patterns', ...args], {
    // No configuration, no Docker, no database.
    cwd: folder,
    env: { DOCKER_HOST: 'unix:///nowhere', DATABASE_URL: '' },
    reject: false,
    ...(input === undefined ? {} : { input }),
  });
}

async function documentOf(args: string[], input?: Buffer): Promise<PatternsDocument> {
  const { stdout, exitCode, stderr } = await whetstone([...args, '--json'], input);
  expect(exitCode, stderr).toBe(0);
  const { schemaVersion, ...document } = JSON.parse(stdout);
  expect(schemaVersion).toBe(1);
  return patternsCommand.output.parse(document);
}

describe('whetstone patterns', () => {
  test('ranks by time, and its figures add up', async () => {
    const { patterns, patternCount, totalMs, lines } = await documentOf([LOG, '--top', '0']);
    expect(patterns).toHaveLength(patternCount);
    expect(patterns.map((pattern) => pattern.totalMs)).toEqual(
      patterns.map((pattern) => pattern.totalMs).toSorted((a, b) => b - a),
    );
    expect(patterns.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(patterns.reduce((sum, pattern) => sum + pattern.totalMs, 0)).toBeCloseTo(totalMs, 3);
    expect(lines.read).toBe(lines.matched + lines.unparsed);
    for (const { p50Ms, p95Ms, maxMs, samples } of patterns) {
      expect(p50Ms).toBeLessThanOrEqual(p95Ms);
      expect(p95Ms).toBeLessThanOrEqual(maxMs);
      expect(samples[0]?.durationMs).toBe(maxMs);
    }
  });

  test('reads several logs, gzip and standard input', async () => {
    const packed = join(folder, 'postgresql.csv.gz');
    await writeFile(packed, gzipSync(await readFile(CSV)));
    const one = await documentOf([LOG]);
    const two = await documentOf([packed, '-'], await readFile(LOG));
    expect(one.patterns).toHaveLength(20);
    expect(two.patterns.map(({ id, count }) => [id, count])).toEqual(
      one.patterns.map(({ id, count }) => [id, 2 * count]),
    );
  });

  test('shows people an aligned table that fits, and what comes next', async () => {
    const { stdout, exitCode } = await whetstone([LOG, '--top', '5']);
    expect(exitCode).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^\d+ patterns, .* of database time, [\d,]+ lines \([\d.]+ MB\)$/);
    const table = lines.slice(2, 8);
    const edge = table[0]?.indexOf('query') ?? -1;
    expect(edge).toBeGreaterThan(0);
    for (const row of table.slice(1)) expect(row.slice(edge - 2, edge)).toBe('  ');
    for (const row of table) expect(row.length).toBeLessThanOrEqual(120);
    expect(stdout).toContain('more: --top 0 shows all');
    expect(lines.at(-1)).toMatch(/^Next: /);
  });

  test.each([
    ['a missing log', ['/nowhere/postgresql.log'], /no such file/],
    ['an unknown log', [join(ROOT, 'LICENSE')], /LICENSE, line 1/],
    ['an unknown format', [LOG, '--format', 'mysql'], /format/],
  ])('%s: one paragraph, exit code 2', async (_, args, message) => {
    const { exitCode, stderr, stdout } = await whetstone(args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim()).not.toContain('\n\n');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
  });

  test('a log that is cut off, or has no statements', async () => {
    const text = await readFile(LOG, 'utf8');
    const cut = join(folder, 'cut.log');
    await writeFile(cut, text.slice(0, 100_003));
    const silent = join(folder, 'silent.log');
    await writeFile(
      silent,
      '2026-01-31 12:00:00.123 UTC [1] LOG:  database system is ready to accept connections\n',
    );
    for (const [path, code] of [
      [cut, 'truncated-log'],
      [silent, 'no-calls'],
    ] as const) {
      const { exitCode, stdout } = await whetstone([path, '--json']);
      expect(exitCode).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ error: { code, message: expect.stringContaining(path) } });
    }
  });
});
