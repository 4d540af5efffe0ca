import type { Random } from '../../loops/gate/statistics/seeded-random.ts';

/** Sums over replicates, by what is counted. */
export type Counts = Record<string, number>;

export interface Figure {
  label: string;
  value: number;
  unit: '%' | '';
  /** 95 % interval of a share; null for what is no share. */
  interval: [number, number] | null;
}

/** Holds for figures of this at most, or at least. */
export interface Bar {
  most?: number;
  least?: number;
}

/** A line of the table; `holds` when every figure of it does, null without a bar. */
export interface Finding {
  section: string;
  what: string;
  figures: Figure[];
  bar: Bar | null;
  holds: boolean | null;
}

export interface Experiment {
  name: string;
  /** Replicates for every one that was asked for. */
  effort: number;
  /** One replicate. */
  run(random: Random): Counts;
  findings(counts: Counts, replicates: number): Finding[];
}

/** A share of replicates, with Wilson's interval (Wilson 1927). */
export function share(count: number | undefined, of: number, label = ''): Figure {
  const z = 1.96;
  const value = (count ?? 0) / of;
  const middle = value + z ** 2 / (2 * of);
  const half = z * Math.sqrt((value * (1 - value)) / of + z ** 2 / (4 * of ** 2));
  const scale = 1 + z ** 2 / of;
  const interval: [number, number] = [
    Math.max(0, (middle - half) / scale),
    Math.min(1, (middle + half) / scale),
  ];
  return { label, value, unit: '%', interval };
}

export function mean(sum: number | undefined, of: number, label = '', unit: Figure['unit'] = ''): Figure {
  return { label, value: (sum ?? 0) / of, unit, interval: null };
}

export function finding(section: string, what: string, figures: Figure[], bar: Bar | null = null): Finding {
  const { most = Number.POSITIVE_INFINITY, least = Number.NEGATIVE_INFINITY } = bar ?? {};
  const holds = bar === null ? null : figures.every(({ value }) => value <= most && value >= least);
  return { section, what, figures, bar, holds };
}
