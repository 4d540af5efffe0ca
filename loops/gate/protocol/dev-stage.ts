import type { Reason } from '../reason.ts';
import { exactCmh } from '../statistics/exact-cmh.ts';
import { DEV_LEVELS, decideRound } from '../statistics/group-sequential.ts';
import { meanLift, type PatternTrials, toCasePasses } from './pattern-trials.ts';

export interface DevResult {
  /** `go`: on to the confirm stage. */
  decision: 'go' | 'stop' | 'continue';
  /** Why it stops; the fixer is told all of it. */
  reasons: Reason[];
  round: number;
  /** Exact one-sided CMH over the dev cases. */
  p: number;
  level: number;
  lift: number;
}

/**
 * The dev stage of one candidate after its `round`-th full round: one trial more of both arms on each dev case. It says
 * nothing about the holdout; what it passes on is confirmed on fresh trials. Throws a RangeError beyond the last round.
 */
export function devStage(rows: readonly PatternTrials[], round: number): DevResult {
  const dev = rows.filter(({ split }) => split === 'dev');
  const p = exactCmh(dev.map(toCasePasses));
  const lift = meanLift(dev);
  const figures = { round, p, lift, level: DEV_LEVELS[round - 1] ?? 0 };
  const decision = decideRound(round, p, lift);
  switch (decision) {
    case 'go':
    case 'continue':
      return { decision, reasons: [], ...figures };
    case 'futile': {
      const detail = `the dev cases pass no more often than on the base (${(lift * 100).toFixed(1)} points)`;
      return { decision: 'stop', reasons: [{ code: 'no-lift', detail }], ...figures };
    }
    case 'spent': {
      const detail = `p = ${p.toPrecision(3)} over the dev cases after ${round} rounds; ${figures.level} is asked for`;
      return { decision: 'stop', reasons: [{ code: 'not-significant', detail }], ...figures };
    }
  }
}
