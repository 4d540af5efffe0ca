/**
 * `whetstone patterns` beside pgbadger on the same PostgreSQL log with fresh literals in every line.
 *
 *     npm run bench:patterns [-- --json] [-- --megabytes 300]
 *
 * Both are timed from the start of their process to its end. pgbadger gets the log's beginning, as all of it takes minutes.
 */

import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import type { PatternsDocument } from '../cli/commands/patterns.ts';
import { makeStatements } from './patterns-workload.ts';

const BARS = { timesPgbadger: 5, peakMegabytes: 200 } as const;
const WHETSTONE = fileURLToPath(new URL('../bin/whetstone.mjs', import.meta.url));
const PREFIX = '%m [%p] %u@%d ';
const MEGABYTE = 1e6;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    megabytes: { type: 'string', default: '300' },
    'pgbadger-megabytes': { type: 'string', default: '30' },
  },
});

await compare();

async function compare(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'whetstone-bench-'));
  try {
    const log = join(folder, 'postgresql.log');
    const slice = join(folder, 'slice.log');
    const calls = await writeLog(log, Number(options.megabytes) * MEGABYTE);
    const sliceCalls = await copyHead(log, slice, Number(options['pgbadger-megabytes']) * MEGABYTE);
    const ours = await timeOurs(log, calls);
    const theirs = await timePgbadger(slice, sliceCalls, folder);
    const times = theirs === undefined ? undefined : ours.megabytesPerSecond / theirs.megabytesPerSecond;
    const verdicts = [
      {
        name: 'calls counted',
        figure: ours.calls,
        bar: `= ${calls}`,
        holds: ours.calls === calls && ours.unparsed === 0,
      },
      {
        name: 'peak memory, MB',
        figure: round(ours.peakBytes / MEGABYTE),
        bar: `< ${BARS.peakMegabytes}`,
        holds: ours.peakBytes < BARS.peakMegabytes * MEGABYTE,
      },
      {
        name: 'speed against pgbadger',
        figure:
          times === undefined ? 'pgbadger is not installed: apt-get install pgbadger' : `${round(times)}×`,
        bar: `≥ ${BARS.timesPgbadger}×`,
        holds: times !== undefined && times >= BARS.timesPgbadger,
      },
    ];
    const accepted = verdicts.every(({ holds }) => holds);
    const document = {
      schemaVersion: 1,
      at: new Date().toISOString(),
      node: process.version,
      ours,
      pgbadger: theirs,
      verdicts,
      accepted,
    };
    const results = fileURLToPath(new URL('./results/', import.meta.url));
    await mkdir(results, { recursive: true });
    await writeFile(
      join(results, `patterns-${document.at.slice(0, 10)}.json`),
      `${JSON.stringify(document, null, 2)}\n`,
    );
    if (options.json) process.stdout.write(`${JSON.stringify(document)}\n`);
    else {
      print('ours', ours);
      if (theirs !== undefined) print('pgbadger', theirs);
      for (const { name, figure, bar, holds } of verdicts)
        process.stdout.write(
          `${holds ? 'ok  ' : 'MISS'}  ${name.padEnd(24)} ${String(figure).padStart(12)}   bar ${bar}\n`,
        );
      process.stdout.write(accepted ? 'Every bar holds.\n' : 'A bar is missed.\n');
    }
    process.exitCode = accepted ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Timing {
  bytes: number;
  calls: number;
  seconds: number;
  megabytesPerSecond: number;
}

function print(name: string, { bytes, calls, seconds, megabytesPerSecond }: Timing): void {
  const figures = `${round(bytes / MEGABYTE)} MB, ${calls} calls in ${round(seconds)} s: ${round(megabytesPerSecond)} MB/s`;
  process.stdout.write(`${name.padEnd(10)} ${figures}\n`);
}

/** Times the command as a user calls it. */
async function timeOurs(
  log: string,
  calls: number,
): Promise<Timing & { unparsed: number; peakBytes: number }> {
  progress(`reading ${calls} calls`);
  const started = performance.now();
  const command = execa('node', [WHETSTONE, 'patterns', log, '--top', '0', '--json', '--quiet']);
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, readPeakBytes(command.pid));
  }, 20);
  const { stdout } = await command.finally(() => clearInterval(watch));
  const time = await timing(log, started);
  const { patterns, lines } = JSON.parse(stdout) as PatternsDocument;
  const counted = patterns.reduce((sum, { count }) => sum + count, 0);
  return { ...time, calls: counted, unparsed: lines.unparsed, peakBytes };
}

/** The most memory that the process has held so far; 0 once it has ended. */
function readPeakBytes(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Undefined where pgbadger is missing and cannot be installed. Throws where it did not count every query. */
async function timePgbadger(log: string, calls: number, folder: string): Promise<Timing | undefined> {
  if (!(await isInstalled())) {
    if (process.getuid?.() !== 0) return undefined;
    progress('installing pgbadger');
    const installed = await execa('apt-get', ['install', '-y', 'pgbadger'], { reject: false });
    if (installed.exitCode !== 0) return undefined;
  }
  progress(`pgbadger reads ${calls} calls`);
  const report = join(folder, 'report.json');
  const started = performance.now();
  await execa('pgbadger', [
    '--quiet',
    '--format',
    'stderr',
    '--prefix',
    PREFIX,
    '--jobs',
    '1',
    '--extension',
    'json',
    '--outfile',
    report,
    log,
  ]);
  const result = { ...(await timing(log, started)), calls };
  const counted = countQueries(JSON.parse(await readFile(report, 'utf8')));
  if (counted !== calls)
    throw new Error(
      `pgbadger counted ${counted} of ${calls} queries, so its time means nothing: check its --prefix`,
    );
  return result;
}

async function isInstalled(): Promise<boolean> {
  return (await execa('pgbadger', ['--version'], { reject: false })).exitCode === 0;
}

async function timing(log: string, started: number): Promise<Omit<Timing, 'calls'>> {
  const seconds = (performance.now() - started) / 1000;
  const bytes = (await stat(log)).size;
  return { bytes, seconds, megabytesPerSecond: bytes / MEGABYTE / seconds };
}

/** Calls in pgbadger's JSON report. */
function countQueries(report: unknown): number {
  return (report as { overall_stat?: { queries_number?: number } }).overall_stat?.queries_number ?? 0;
}

/** Returns the number of calls written. */
async function writeLog(path: string, bytes: number): Promise<number> {
  progress(`writing a log of ${Math.round(bytes / MEGABYTE)} MB`);
  const next = await makeStatements();
  const file = createWriteStream(path);
  let written = 0;
  let calls = 0;
  let at = Date.UTC(2026, 0, 1);
  while (written < bytes) {
    const lines: string[] = [];
    for (let index = 0; index < 1000; index += 1) {
      at += 7;
      const { sql, durationMs } = next();
      const time = `${new Date(at).toISOString().replace('T', ' ').slice(0, 23)} UTC`;
      lines.push(
        `${time} [${1000 + (calls % 20)}] app@target LOG:  duration: ${durationMs.toFixed(3)} ms  statement: ${sql.replaceAll('\n', '\n\t')}\n`,
      );
      calls += 1;
    }
    const text = lines.join('');
    written += Buffer.byteLength(text);
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  return calls;
}

/** Copies whole records up to about `bytes`, and returns how many. */
async function copyHead(from: string, to: string, bytes: number): Promise<number> {
  await using source = await open(from);
  const buffer = Buffer.alloc(Math.min(bytes, (await source.stat()).size));
  await source.read(buffer, 0, buffer.length, 0);
  const text = buffer.toString('latin1');
  const end = text.lastIndexOf('\n2026-') + 1;
  await writeFile(to, buffer.subarray(0, end));
  return text.slice(0, end).split(' LOG:  duration: ').length - 1;
}

function progress(line: string): void {
  if (!options.json) process.stderr.write(`${line}\n`);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
