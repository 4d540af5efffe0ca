import { type Evidence, type StalenessFinding, scaledObjectiveMs } from '../evidence.ts';
import type { GatePolicy } from '../policy.ts';
import { reachable } from '../reachable.ts';
import { exactCmh } from '../statistics/exact-cmh.ts';
import { type ArmTally, tallyVariants, type VariantTally } from '../tally.ts';
import { failed, inconclusive, open, passed, type Stage, type Step } from './stage.ts';

/** Right rows on every variant, whatever the time; and enough trials that were no infrastructure errors. */
export function rowsStage(evidence: Evidence, policy: GatePolicy): Stage {
  const trials = evidence.sessions.flatMap((session) => session.trials);
  const wrong = trials.find((trial) => trial.arm === 'candidate' && trial.rowsEqual === false);
  if (wrong) return failed('rows', [{ code: 'wrong-rows', detail: `${wrong.variant}: ${wrong.detail}` }]);
  const doubtful = trials.find((trial) => trial.arm === 'base' && trial.rowsEqual === false);
  if (doubtful) {
    return inconclusive(
      'rows',
      'error',
      `the base itself differs from the reference on ${doubtful.variant}: ${doubtful.detail}`,
    );
  }
  const infra = trials.filter((trial) => trial.outcome === 'infra_error');
  if (evidence.sessions.length >= policy.minSessions && infra.length > policy.maxInfraShare * trials.length) {
    return inconclusive(
      'rows',
      'error',
      `${infra.length} of ${trials.length} trials ended in infrastructure errors`,
    );
  }
  return evidence.sessions.length === 0 ? open('rows', sessionStep(evidence, policy)) : passed('rows');
}

/** On changed data: equal at once where no lag is declared, else equal within it after the target's own refresh. */
export function stalenessStage({ staleness }: Evidence): Stage {
  if (staleness === null) return open('staleness', { do: 'staleness' });
  const stale = staleness.filter(isStale);
  if (stale.length === 0) return passed('staleness');
  return failed(
    'staleness',
    stale.slice(0, 3).map((finding) => ({
      code: 'stale',
      detail: `${finding.variant} ${finding.when}, ${Math.round(finding.lagMs)} ms after the write (may lag ${finding.limitS} s): ${finding.detail}`,
    })),
  );
}

function isStale({ when, equal, lagMs, limitS }: StalenessFinding): boolean {
  if (when === 'after-write') return !equal && limitS === 0;
  return !equal || (limitS > 0 && lagMs > limitS * 1000);
}

/**
 * The visible case and each hidden variant pass most of their trials, guards still do, and the exact CMH over the
 * hidden variants is at the attempt's level. It gives up early when a variant can no longer pass most of the planned
 * trials, or a whole session brought no lift; it asks for more sessions while they can still change the answer. Where the
 * base passes most hidden trials, which admission saw it fail, the objective was scaled for a machine slower than the one
 * that ran them: that is no lack of lift.
 */
export function objectiveStage(
  evidence: Pick<Evidence, 'attempt' | 'objective' | 'sessions' | 'variants'>,
  policy: GatePolicy,
): Stage {
  const tallies = tallyVariants(evidence);
  const plan = reachable(tallies.filter(isHidden).length, evidence.attempt, policy);
  const limit = `${scaledObjectiveMs(evidence.objective).toFixed(1)} ms`;
  const lost = tallies.filter(
    ({ candidate }) => misses(candidate) * 2 >= Math.max(plan.sessions, candidate.trials),
  );
  if (lost.length > 0) {
    return failed(
      'objective',
      lost.slice(0, 3).map(({ variant, candidate }) => ({
        code: variant.role === 'guard' ? 'guard-slower' : 'below-objective',
        detail: `${variant.id} passes ${candidate.passes} of ${candidate.trials} trials within ${limit}`,
      })),
    );
  }
  const seen = tallies.filter((one) => isHidden(one) && one.base.trials > 0 && one.candidate.trials > 0);
  const [before, after] = [passes(seen, 'base'), passes(seen, 'candidate')];
  const basePasses = before * 2 > seen.reduce((sum, { base }) => sum + base.trials, 0);
  if (seen.length > 0 && after <= before && !basePasses) {
    const detail = `${after} passes of the hidden variants within ${limit}, the base has ${before}`;
    return failed('objective', [{ code: 'below-objective', detail }]);
  }
  const fewest = Math.min(...tallies.flatMap(({ base, candidate }) => [base.trials, candidate.trials]));
  const spent = evidence.sessions.length >= policy.maxSessions;
  if (fewest < plan.sessions) {
    if (!spent) return open('objective', sessionStep(evidence, policy));
    return inconclusive(
      'objective',
      'too-few-trials',
      `a variant has ${fewest} scored trials of ${plan.sessions}`,
    );
  }
  const p = hiddenP(tallies);
  if (p !== null && p <= plan.level) return passed('objective');
  if (!spent) return open('objective', sessionStep(evidence, policy));
  if (basePasses) {
    const detail = `the base passes ${before} hidden trials within ${limit}, which it failed at admission: its time is not this machine's`;
    return inconclusive('objective', 'noisy', detail);
  }
  const detail = `p = ${p?.toPrecision(3)} over the hidden variants; attempt ${evidence.attempt} asks for ${plan.level.toPrecision(3)}`;
  return failed('objective', [{ code: 'not-significant', detail }]);
}

/** Exact CMH over the hidden variants; null before any of them has a trial. */
export function hiddenP(tallies: readonly VariantTally[]): number | null {
  const hidden = tallies.filter(isHidden).filter(({ base, candidate }) => base.trials + candidate.trials > 0);
  if (hidden.length === 0) return null;
  return exactCmh(
    hidden.map(({ base, candidate }) => ({
      baseTrials: base.trials,
      basePasses: base.passes,
      candidateTrials: candidate.trials,
      candidatePasses: candidate.passes,
    })),
  );
}

/** Another session, with as many pairs as the speed rule still has room for. */
export function sessionStep(
  { sessions }: Pick<Evidence, 'sessions'>,
  { pairsPerSession, speed }: GatePolicy,
): Step {
  const pairs = sessions.reduce((total, session) => total + session.pairs.length, 0);
  const wanted = Math.max(0, Math.min(pairsPerSession, speed.maxPairs - pairs));
  return { do: 'session', pairs: wanted, controlPairs: wanted };
}

function misses({ trials, passes }: ArmTally): number {
  return trials - passes;
}

function isHidden({ variant }: VariantTally): boolean {
  return variant.role === 'hidden';
}

function passes(tallies: readonly VariantTally[], arm: 'base' | 'candidate'): number {
  return tallies.reduce((total, tally) => total + tally[arm].passes, 0);
}
