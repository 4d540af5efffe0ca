import type { Signal } from '../sources/signal.ts';
import { Durations } from './durations.ts';
import { createFingerprinter, type Fingerprint } from './fingerprint.ts';
import type { Pattern } from './pattern.ts';
import { SampleKeeper } from './sample-keeper.ts';
import { searchPathFollower } from './search-path.ts';

/** Beyond so many patterns only those with the most time keep all their samples. */
const SAMPLED_PATTERNS = 300;

export interface CollectOptions {
  /** Seeds the choice of samples; the same log and seed give the same ones. */
  seed?: number;
  signal?: AbortSignal;
}

interface Collected {
  fingerprint: Fingerprint;
  durations: Durations;
  samples: SampleKeeper;
  firstAt: number;
  lastAt: number;
}

/** Groups the calls of one or several logs by fingerprint, most total time first. Memory grows with the patterns alone. */
export async function collectPatterns(
  logs: AsyncIterable<Signal> | readonly AsyncIterable<Signal>[],
  { seed = 1, signal: abort }: CollectOptions = {},
): Promise<Pattern[]> {
  const fingerprint = await createFingerprinter();
  const collected = new Map<Fingerprint, Collected>();
  let sampled = 0;
  for (const signals of Array.isArray(logs) ? logs : [logs]) {
    const schemaOf = searchPathFollower();
    for await (const signal of signals) {
      abort?.throwIfAborted();
      const print = fingerprint(signal.sql, schemaOf(signal));
      let pattern = collected.get(print);
      if (pattern === undefined) {
        pattern = newPattern(print, seed);
        collected.set(print, pattern);
        sampled += 1;
        if (sampled > 2 * SAMPLED_PATTERNS) {
          forgetSamples(collected);
          sampled = SAMPLED_PATTERNS;
        }
      }
      pattern.durations.add(signal.durationMs);
      pattern.samples.offer(signal);
      const { at } = signal;
      if (at !== undefined) {
        if (at < pattern.firstAt) pattern.firstAt = at;
        if (at > pattern.lastAt) pattern.lastAt = at;
      }
    }
  }
  const totalMs = sum([...collected.values()].map(({ durations }) => durations.totalMs));
  return [...collected.values()]
    .map((pattern) => toPattern(pattern, totalMs))
    .sort((a, b) => b.totalMs - a.totalMs || b.count - a.count || (a.id < b.id ? -1 : 1));
}

function newPattern(fingerprint: Fingerprint, seed: number): Collected {
  return {
    fingerprint,
    durations: new Durations(),
    samples: new SampleKeeper(seed),
    firstAt: Number.POSITIVE_INFINITY,
    lastAt: Number.NEGATIVE_INFINITY,
  };
}

function forgetSamples(collected: Map<Fingerprint, Collected>): void {
  const byTime = [...collected.values()].sort((a, b) => b.durations.totalMs - a.durations.totalMs);
  for (const { samples } of byTime.slice(SAMPLED_PATTERNS)) samples.forget();
}

function toPattern(
  { fingerprint, durations, samples, firstAt, lastAt }: Collected,
  totalMs: number,
): Pattern {
  const time = (at: number) => (Number.isFinite(at) ? new Date(at).toISOString() : null);
  return {
    id: fingerprint.id,
    fingerprint: fingerprint.text,
    count: durations.count,
    totalMs: roundToNanoseconds(durations.totalMs),
    share: totalMs === 0 ? 0 : durations.totalMs / totalMs,
    p50Ms: durations.quantile(0.5),
    p95Ms: durations.quantile(0.95),
    maxMs: durations.maxMs,
    firstSeen: time(firstAt),
    lastSeen: time(lastAt),
    samples: samples.samples(),
  };
}

/** The log has microseconds: what is beyond comes from adding binary fractions. */
function roundToNanoseconds(ms: number): number {
  return Math.round(ms * 1e6) / 1e6;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
