/** Durations that are kept one by one; beyond them, counts in buckets whose width is 1 % of the value. */
const EXACT = 512;
const GROWTH = 1.01;
const LOG_GROWTH = Math.log(GROWTH);
/** PostgreSQL logs microseconds. */
const SMALLEST_MS = 0.001;

/**
 * Quantiles of durations in bounded memory: exact (nearest rank) up to 512 values, within 1 % beyond. The buckets are
 * those of DDSketch (Masson et al., VLDB 2019).
 */
export class Durations {
  count = 0;
  totalMs = 0;
  maxMs = 0;
  private exact: number[] | undefined = [];
  private readonly buckets = new Map<number, number>();

  add(durationMs: number): void {
    this.count += 1;
    this.totalMs += durationMs;
    if (durationMs > this.maxMs) this.maxMs = durationMs;
    if (this.exact === undefined) {
      this.addToBucket(durationMs);
      return;
    }
    this.exact.push(durationMs);
    if (this.exact.length < EXACT) return;
    for (const value of this.exact) this.addToBucket(value);
    this.exact = undefined;
  }

  /** The duration below or at which a share of `q` (0–1) of all lie, in milliseconds; 0 where there are none. */
  quantile(q: number): number {
    const rank = Math.max(1, Math.ceil(q * this.count));
    if (this.exact !== undefined) return this.exact.toSorted((a, b) => a - b)[rank - 1] ?? 0;
    let seen = 0;
    for (const [bucket, count] of [...this.buckets].sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= rank) return Math.min(this.maxMs, SMALLEST_MS * GROWTH ** (bucket - 0.5));
    }
    return this.maxMs;
  }

  private addToBucket(durationMs: number): void {
    const bucket = Math.ceil(Math.log(Math.max(durationMs, SMALLEST_MS) / SMALLEST_MS) / LOG_GROWTH);
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
  }
}
