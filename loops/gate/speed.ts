import { z } from 'zod';
import type { SpeedPolicy } from './policy.ts';
import { bootstrapMedian, bootstrapMedianOfGroups } from './statistics/bootstrap-median.ts';
import { median, standardDeviation } from './statistics/median.ts';

/** One timed execution. `cut`: it was stopped, and would have taken at least `ms`. */
const Sample = z.strictObject({ ms: z.number().positive(), cut: z.boolean() });
export type Sample = z.infer<typeof Sample>;

/** Neighbours in an ABBA sequence, on the same parameters. In a control both are the same arm. */
export const Pair = z.strictObject({ base: Sample, candidate: Sample });
export type Pair = z.infer<typeof Pair>;

/** What fresh containers of both arms measured, warm-ups left out. */
export const SpeedSession = z.strictObject({
  pairs: z.array(Pair),
  /** A against A, on an arm that is not cut, or on the calibration query. */
  control: z.array(Pair),
  /**
   * Milliseconds of the fastest round trip to the candidate that did no work at all; null where that was not
   * measured. A candidate that is typically faster than that did not answer honestly.
   */
  floorMs: z.number().positive().nullable(),
});
export type SpeedSession = z.infer<typeof SpeedSession>;

const SpeedDecision = z.enum(['faster', 'not_faster', 'noisy', 'more', 'implausible']);
type SpeedDecision = z.infer<typeof SpeedDecision>;

export const SpeedResult = z.strictObject({
  decision: SpeedDecision,
  /** Median of base ÷ candidate; null before there is a pair. */
  ratio: z.number().nullable(),
  /** One-sided 95 % bounds of the ratio; the upper one is null where cut base samples leave it open. */
  lower95: z.number().nullable(),
  upper95: z.number().nullable(),
  pairs: z.int(),
  sessions: z.int(),
  /** Median of A ÷ A; null before there is a control. */
  controlMedian: z.number().nullable(),
  /** The ratio is a lower bound, because base samples at the median were cut. */
  atLeast: z.boolean(),
  detail: z.string(),
});
export type SpeedResult = z.infer<typeof SpeedResult>;

/**
 * Two-sided 99 % bounds of base ÷ candidate over sessions and the pairs within them: where another measurement's lie,
 * since fresh containers shift all that a session measures. Null without a pair; the upper one also where cut base
 * samples leave it open.
 */
export const SpeedRange = z.strictObject({
  // A verdict of before these were kept has none.
  low99: z.number().nullable().default(null),
  high99: z.number().nullable().default(null),
});
export type SpeedRange = z.infer<typeof SpeedRange>;

export interface RatioEstimate {
  ratio: number;
  lower95: number;
  upper95: number | null;
  atLeast: boolean;
}

/**
 * Median of base ÷ candidate with its one-sided 95 % bounds. A cut base sample makes its ratio a lower bound; a cut
 * candidate sample counts as no faster than its base. Throws a RangeError when there are no pairs.
 */
export function estimateRatio(pairs: readonly Pair[], policy: SpeedPolicy): RatioEstimate {
  const least = pairs.map(logRatio);
  const most = pairs.map(mostLogRatio);
  const middle = median(least);
  const upper = bootstrapMedian(most, policy).upper95;
  return {
    ratio: Math.exp(middle),
    lower95: Math.exp(bootstrapMedian(least, policy).lower95),
    upper95: Number.isFinite(upper) ? Math.exp(upper) : null,
    atLeast: median(most) > middle,
  };
}

/** The range of all sessions that are not void; cut samples count as in `estimateRatio`. */
export function estimateRange(sessions: readonly SpeedSession[], policy: SpeedPolicy): SpeedRange {
  const valid = sessions.filter(({ pairs, control }) => pairs.length > 0 && !controlWins(control, policy));
  if (valid.length === 0) return { low99: null, high99: null };
  const bounds = (log: (pair: Pair) => number) =>
    bootstrapMedianOfGroups(
      valid.map(({ pairs }) => pairs.map(log)),
      policy,
    );
  const { high } = bounds(mostLogRatio);
  return { low99: Math.exp(bounds(logRatio).low), high99: Number.isFinite(high) ? Math.exp(high) : null };
}

/** Whether an estimate shows base ÷ candidate to be a speed-up by the rule's two thresholds. */
export function showsFaster(estimate: RatioEstimate, policy: SpeedPolicy): boolean {
  return estimate.ratio >= policy.minRatio && estimate.lower95 > policy.minLower95;
}

/**
 * The speed rule over all sessions so far. In this order: `implausible` (typically faster than an empty round trip),
 * `more` below the least sessions, pairs or control pairs, the A/A control, `faster`, then `more` where the interval
 * still leaves it open and pairs remain, else `not_faster`. A session whose own control would be accepted as a change
 * is void: nothing it measured counts. Where the control's paired standard deviation is over its limit, looking again
 * and again would find a speed-up by luck, so before the last look the lower bound must pass the ratio's own
 * threshold. `more` and `noisy` are never an acceptance.
 */
export function judgeSpeed(sessions: readonly SpeedSession[], policy: SpeedPolicy): SpeedResult {
  const measured = sessions.filter((session) => session.pairs.length > 0);
  const valid = measured.filter((session) => !controlWins(session.control, policy));
  const voided = measured.length - valid.length;
  const pairs = valid.flatMap((session) => session.pairs);
  const control = measured.flatMap((session) => session.control);
  const estimate = pairs.length > 0 ? estimateRatio(pairs, policy) : null;
  const controlLogs = control.map(logRatio);
  const shift = controlLogs.length > 0 ? median(controlLogs) : null;
  const measuredPairs = measured.reduce((sum, session) => sum + session.pairs.length, 0);
  const result = (decision: SpeedDecision, detail: string): SpeedResult => ({
    decision,
    ratio: estimate?.ratio ?? null,
    lower95: estimate?.lower95 ?? null,
    upper95: estimate?.upper95 ?? null,
    pairs: pairs.length,
    sessions: valid.length,
    controlMedian: shift === null ? null : Math.exp(shift),
    atLeast: estimate?.atLeast ?? false,
    detail,
  });

  const tooFast = measured.find(isImplausible);
  if (tooFast) {
    const ms = median(tooFast.pairs.map((pair) => pair.candidate.ms));
    return result(
      'implausible',
      `a median of ${figure(ms)} ms is less than an empty round trip, ${figure(tooFast.floorMs)} ms`,
    );
  }
  const exhausted = measuredPairs >= policy.maxPairs;
  const more = (detail: string, otherwise: SpeedDecision) => result(exhausted ? otherwise : 'more', detail);
  if (
    estimate === null ||
    shift === null ||
    valid.length < policy.minSessions ||
    pairs.length < policy.minPairs
  ) {
    const lost = voided > 0 ? `, ${voided} void because their A/A control moved` : '';
    return more(`${pairs.length} pairs in ${valid.length} sessions${lost}`, 'noisy');
  }
  if (control.length < policy.minPairs) return more(`${control.length} A/A pairs`, 'noisy');
  const sd = standardDeviation(controlLogs);
  const noisyPairs = sd > policy.maxPairedSd;
  if (Math.abs(shift) > Math.log1p(policy.maxControlShift)) {
    const detail = `A against A is off by ${percent(Math.exp(shift) - 1)} over ${control.length} pairs (paired sd ${percent(sd)})`;
    return noisyPairs ? more(detail, 'noisy') : result('noisy', detail);
  }
  const against = valid.filter((session) => median(session.pairs.map(logRatio)) <= 0).length;
  const sessionsAgree = against * 4 <= valid.length;
  const interval = `median ${estimate.ratio.toFixed(3)}, lower bound ${estimate.lower95.toFixed(3)} over ${pairs.length} pairs`;
  const clear = exhausted || !noisyPairs || estimate.lower95 > policy.minRatio;
  if (showsFaster(estimate, policy) && sessionsAgree && clear) return result('faster', interval);
  const open = estimate.upper95 === null || estimate.upper95 >= policy.minRatio;
  const disagreement = sessionsAgree ? '' : `; ${against} of ${valid.length} sessions show no gain`;
  return open ? more(interval + disagreement, 'not_faster') : result('not_faster', interval + disagreement);
}

/** Logarithm of base ÷ candidate. */
function logRatio({ base, candidate }: Pair): number {
  const value = Math.log(base.ms / candidate.ms);
  return candidate.cut ? Math.min(value, 0) : value;
}

/** The same where a cut base sample may have taken any time. */
function mostLogRatio(pair: Pair): number {
  return pair.base.cut ? Number.POSITIVE_INFINITY : logRatio(pair);
}

function controlWins(control: readonly Pair[], policy: SpeedPolicy): boolean {
  if (control.length < 3) return false;
  const swapped = control.map(({ base, candidate }) => ({ base: candidate, candidate: base }));
  return [control, swapped].some((pairs) => showsFaster(estimateRatio(pairs, policy), policy));
}

function isImplausible({ pairs, floorMs }: SpeedSession): boolean {
  return floorMs !== null && median(pairs.map((pair) => pair.candidate.ms)) < floorMs;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function figure(ms: number | null): string {
  return ms === null ? '?' : ms.toPrecision(3);
}
