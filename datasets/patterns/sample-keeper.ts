import type { Signal } from '../sources/signal.ts';
import { flatCopy } from './fingerprint.ts';
import type { PatternSample } from './pattern.ts';

export const MAX_SAMPLES = 64;
const SLOWEST = 8;
/** Durations are sampled by half octave, so that a rare slow call is kept beside many quick ones. */
const PER_STRATUM = 24;
const MAX_SAMPLE_CHARACTERS = 64 * 1024;

interface Kept {
  hash: number;
  /** Place in the stratum, the least first. */
  order: number;
  sample: PatternSample;
}

/**
 * A bounded sample of a pattern's calls: the slowest ones, and from each range of durations distinct statement and
 * parameter sets. Which are kept depends on a seeded hash of their text, so neither on their order nor on how often each
 * comes (bottom-k sampling); of equal ones the slowest stays.
 */
export class SampleKeeper {
  private readonly seed: number;
  private slowest: Kept[] = [];
  private strata = new Map<number, Kept[]>();

  constructor(seed: number) {
    this.seed = seed;
  }

  offer(signal: Signal): void {
    const { durationMs, sql } = signal;
    const stratumKey = Math.round(2 * Math.log2(Math.max(durationMs, 0.001)));
    const hash = hashCall(signal, this.seed);
    const stratum = this.strata.get(stratumKey) ?? [];
    if (stratum.length === 0) this.strata.set(stratumKey, stratum);
    // Each stratum draws in an order of its own: one order would keep the same few in all of them.
    const order = Math.imul(hash ^ (stratumKey * 0x9e3779b1), 0x85ebca6b) >>> 0;
    const wanted = isWanted(stratum, hash, order, durationMs);
    const leastSlow = this.slowest[SLOWEST - 1];
    const slow = leastSlow === undefined || durationMs > leastSlow.sample.durationMs;
    if (!wanted && !slow) return;
    if (sql.length > MAX_SAMPLE_CHARACTERS && this.slowest.length > 0) return;
    const kept = { hash, order, sample: toSample(signal) };
    if (wanted) insert(stratum, kept, PER_STRATUM, (a, b) => a.order - b.order);
    if (slow) insert(this.slowest, kept, SLOWEST, (a, b) => b.sample.durationMs - a.sample.durationMs);
  }

  /** At most `limit` samples, slowest first: the slowest ones, then from the ranges of durations in turn. */
  samples(limit = MAX_SAMPLES): PatternSample[] {
    const chosen = new Map<number, PatternSample>();
    for (const { hash, sample } of this.slowest.slice(0, limit)) chosen.set(hash, sample);
    const strata = [...this.strata].sort(([a], [b]) => b - a).map(([, stratum]) => stratum);
    for (let rank = 0; rank < PER_STRATUM; rank += 1) {
      for (const stratum of strata) {
        const kept = stratum[rank];
        if (kept !== undefined && chosen.size < limit && !chosen.has(kept.hash))
          chosen.set(kept.hash, kept.sample);
      }
    }
    return [...chosen.values()].sort((a, b) => b.durationMs - a.durationMs);
  }

  /** Keeps one sample: for a pattern that is far from the top of a log with very many. */
  forget(): void {
    this.slowest = this.slowest.slice(0, 1);
    this.strata = new Map();
  }
}

/** Whether the stratum has room, or keeps a call of a later place or the same call with a shorter duration. */
function isWanted(stratum: readonly Kept[], hash: number, order: number, durationMs: number): boolean {
  for (const kept of stratum) {
    if (kept.hash === hash) return durationMs > kept.sample.durationMs;
  }
  const worst = stratum[PER_STRATUM - 1];
  return worst === undefined || order < worst.order;
}

function insert(list: Kept[], kept: Kept, limit: number, compare: (a: Kept, b: Kept) => number): void {
  const same = list.findIndex(({ hash }) => hash === kept.hash);
  if (same >= 0) {
    if ((list[same]?.sample.durationMs ?? 0) >= kept.sample.durationMs) return;
    list.splice(same, 1);
  }
  list.push(kept);
  list.sort(compare);
  if (list.length > limit) list.pop();
}

function toSample({ sql, params, durationMs, at }: Signal): PatternSample {
  return {
    sql: flatCopy(sql),
    params: params?.map((text) => (text === null ? null : flatCopy(text))) ?? null,
    durationMs,
    at: at === undefined ? null : new Date(at).toISOString(),
  };
}

/** FNV-1a over the code units. Two calls of one hash are taken for the same, which costs one sample in billions. */
function hashCall({ sql, params }: Signal, seed: number): number {
  let hash = hashText(sql, 0x811c9dc5 ^ seed);
  for (const param of params ?? []) hash = hashText(param ?? '\0', Math.imul(hash, 0x85ebca6b));
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}

function hashText(text: string, from: number): number {
  let hash = from;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}
