import type { Split } from '../../datasets/cases/case.ts';
import type { DatasetRow } from '../../loops/gate/protocol/pattern-trials.ts';
import type { Random } from '../../loops/gate/statistics/seeded-random.ts';
import { normal } from './random.ts';

/** A row with the probabilities that nobody knows: how often each arm truly passes it. */
export interface TrueRow extends DatasetRow {
  base: number;
  candidate: number;
}

export interface Shape {
  patterns: number;
  casesPerPattern: number;
  split: Split;
  /** `mixed`: pass probabilities of all kinds, with a mean of .47. */
  base: 'mixed' | number;
}

/** Rows whose candidate is the base. In the holdout they are hidden variants, else visible cases. */
export function makeRows(random: Random, { patterns, casesPerPattern, split, base }: Shape): TrueRow[] {
  return Array.from({ length: patterns * casesPerPattern }, (_, i) => {
    const passRate = base === 'mixed' ? mixedPassRate(random) : base;
    return {
      pattern: `${split}-${Math.floor(i / casesPerPattern)}`,
      case: `${split}-case-${i}`,
      variant: split === 'holdout' ? 'hidden' : null,
      split,
      base: passRate,
      candidate: passRate,
    };
  });
}

/**
 * Beta(1, 9), Beta(5, 5) or Beta(8, 2) with weights .3, .4, .3: cases that nearly always fail, cases in between and
 * cases that mostly pass; mean .3 × .1 + .4 × .5 + .3 × .8 = .47. The k-th of nine uniforms is Beta(k, 10 − k).
 */
function mixedPassRate(random: Random): number {
  const kind = random();
  const rank = kind < 0.3 ? 1 : kind < 0.7 ? 5 : 8;
  return Array.from({ length: 9 }, random).sort((a, b) => a - b)[rank - 1] ?? 0;
}

/** The same lift for all, with what 1 cuts off made up for: the mean lift over the rows is `points` exactly. */
export function withCommonLift(rows: readonly TrueRow[], points: number): TrueRow[] {
  const lifted = (lift: number) => rows.map((row) => ({ ...row, candidate: Math.min(1, row.base + lift) }));
  let low = points;
  let high = 1;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    const mean = lifted(middle).reduce((sum, { base, candidate }) => sum + candidate - base, 0) / rows.length;
    if (mean < points) low = middle;
    else high = middle;
  }
  return lifted(high);
}

/** Standard deviation of an effect before the probabilities' own limits cut it; `bench/gate.ts` prints what it does. */
const EFFECT_SD = 0.4;

/**
 * Effects of zero mean beside whatever lift there is: up or down alike, by case or alike within a pattern. An effect
 * is no larger than the room on the smaller side, so that it stays of zero mean.
 */
export function withEffects(random: Random, rows: readonly TrueRow[], by: 'case' | 'pattern'): TrueRow[] {
  return mapByGroup(random, rows, by, (row, draw) => {
    const room = Math.min(row.candidate, 1 - row.candidate);
    const size = Math.min(Math.abs(EFFECT_SD * draw.normal), room);
    return { ...row, candidate: row.candidate + (draw.uniform < 0.5 ? size : -size) };
  });
}

/** Effects of zero mean that are not symmetric: nine patterns in ten gain up to 5 points, one loses nine times that. */
export function withSkewedEffects(random: Random, rows: readonly TrueRow[]): TrueRow[] {
  return mapByGroup(random, rows, 'pattern', (row, draw) => {
    const gain = Math.min(0.05, 1 - row.candidate, row.candidate / 9);
    return { ...row, candidate: row.candidate + (draw.uniform < 0.9 ? gain : -9 * gain) };
  });
}

/** It knows the answers of some of the cases that it has seen, and is the base on all others. */
export function withKnownAnswers(random: Random, rows: readonly TrueRow[], share: number): TrueRow[] {
  return rows.map((row) => (row.split === 'dev' && random() < share ? { ...row, candidate: 1 } : row));
}

function mapByGroup(
  random: Random,
  rows: readonly TrueRow[],
  by: 'case' | 'pattern',
  change: (row: TrueRow, draw: { normal: number; uniform: number }) => TrueRow,
): TrueRow[] {
  const draws = new Map<string, { normal: number; uniform: number }>();
  return rows.map((row) => {
    const draw = draws.get(row[by]) ?? { normal: normal(random), uniform: random() };
    draws.set(row[by], draw);
    return change(row, draw);
  });
}
