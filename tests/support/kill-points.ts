import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { LoopSummary } from '../../loops/workflows/summarise.ts';
import { REPOSITORY } from './repository.ts';
import type { TinyTarget } from './tiny-target.ts';

/** Where a loop is interrupted: some time after its next line of progress of a kind. */
export interface KillPoint {
  signal: 'SIGINT' | 'SIGKILL';
  /** A line of progress. */
  line: RegExp;
  delayMs: number;
}

/** Every kind of line that a loop says, in the order in which a loop says them first. */
export const progressLines: readonly RegExp[] = [
  /^loading the data/,
  /^shuffling the rows/,
  /^reading the log/,
  /^mining /,
  /^admitted /,
  /^exploring /,
  / plans tried/,
  /: gating /,
  /: accepted/,
  /: branch /,
];

export interface LoopRun {
  lines: { text: string; atMs: number }[];
  /** Null where a signal ended it. */
  exitCode: number | null;
  stdout: string;
  wallMs: number;
  /** When the signal was sent; undefined where the loop ended first. */
  interruptedMs: number | undefined;
}

/** `whetstone loop --once` in a process group of its own, interrupted where `point` says. */
export async function runLoopUntil(target: TinyTarget, point?: KillPoint): Promise<LoopRun> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      `${REPOSITORY}/bin/whetstone.mjs`,
      ...['loop', '--once', '--json', '--config', target.configPath, '--state', target.stateDirectory],
    ],
    {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: target.temporary, DATABASE_URL: '' },
    },
  );
  const ended = once(child, 'close') as Promise<[number | null]>;
  const stdout = text(child.stdout);
  const lines: LoopRun['lines'] = [];
  let interruptedMs: number | undefined;
  let armed = point !== undefined;
  const interrupt = () => {
    if (child.exitCode !== null || child.pid === undefined || point === undefined) return;
    interruptedMs = performance.now() - started;
    // As a terminal does with Ctrl-C: to the whole group.
    process.kill(-child.pid, point.signal);
  };
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push({ text: line, atMs: performance.now() - started });
    if (!armed || !point?.line.test(line)) continue;
    armed = false;
    setTimeout(interrupt, point.delayMs);
  }
  const [exitCode] = await ended;
  return { lines, exitCode, stdout: await stdout, wallMs: performance.now() - started, interruptedMs };
}

export function summaryOf(run: LoopRun): LoopSummary {
  if (run.exitCode !== 0)
    throw new Error(`the loop ended with ${run.exitCode}: ${run.lines.map((line) => line.text).join('\n')}`);
  return JSON.parse(run.stdout) as LoopSummary;
}
