import { assess } from './assess.ts';
import { type Evidence, scaledObjectiveMs } from './evidence.ts';
import type { GatePolicy } from './policy.ts';
import { reachable } from './reachable.ts';
import type { Reason } from './reason.ts';
import { estimateRange, estimateRatio, judgeSpeed } from './speed.ts';
import { hiddenP } from './stages/answer-stages.ts';
import type { Stage } from './stages/stage.ts';
import { median } from './statistics/median.ts';
import { passesMost, tallyVariants } from './tally.ts';
import type { Verdict } from './verdict.ts';

/**
 * The verdict on the evidence so far. Accepted only when every stage passed; rejected when one failed; else
 * inconclusive, with reason `incomplete` while `planNext` still has something to run.
 */
export function judgeCandidate(evidence: Evidence, policy: GatePolicy): Verdict {
  const stages = assess(evidence, policy);
  const tallies = tallyVariants(evidence);
  const own = tallies.filter(({ variant }) => variant.role !== 'guard');
  const basePassed = own.filter(({ base }) => passesMost(base)).length;
  const candidatePassed = own.filter(({ candidate }) => passesMost(candidate)).length;
  const hidden = evidence.variants.filter(({ role }) => role === 'hidden').length;
  const speed = judgeSpeed(evidence.sessions, policy.speed);
  const { verdict, reasons } = decide(stages);
  const missesOnlyObjective =
    verdict === 'rejected' && reasons.every(({ code }) => code === 'below-objective');
  return {
    verdict,
    reasons,
    stages: stages.map(({ stage, state }) => ({ stage, state })),
    cases: [
      {
        id: evidence.case,
        base: share(basePassed, own.length),
        candidate: share(candidatePassed, own.length),
      },
    ],
    variants: { total: own.length, basePassed, candidatePassed },
    p: hiddenP(tallies),
    level: reachable(hidden, evidence.attempt, policy).level,
    attempt: evidence.attempt,
    objectiveMs: scaledObjectiveMs(evidence.objective),
    speed:
      speed.ratio === null
        ? []
        : [{ case: evidence.case, ...speed, ...estimateRange(evidence.sessions, policy.speed) }],
    improved: missesOnlyObjective ? improvement(evidence, policy) : null,
    guards: othersOf(evidence).map(({ query, checked, rowsEqual, pairs, afterWrites = null }) => ({
      query,
      checked,
      rowsEqual,
      ratio: pairs.length === 0 ? null : estimateRatio(pairs, policy.speed).ratio,
      afterWrites,
    })),
    costs: costsOf(evidence, policy),
  };
}

function decide(stages: readonly Stage[]): { verdict: Verdict['verdict']; reasons: Reason[] } {
  const reasonsOf = (state: Stage['state']) =>
    stages.filter((stage) => stage.state === state).flatMap(({ reasons }) => reasons);
  if (stages.every(({ state }) => state === 'passed')) return { verdict: 'accepted', reasons: [] };
  if (stages.some(({ state }) => state === 'failed'))
    return { verdict: 'rejected', reasons: reasonsOf('failed') };
  if (stages.some(({ state }) => state === 'inconclusive')) {
    return { verdict: 'inconclusive', reasons: reasonsOf('inconclusive') };
  }
  const missing = stages.filter(({ state }) => state === 'open').map(({ stage }) => stage);
  return {
    verdict: 'inconclusive',
    reasons: [{ code: 'incomplete', detail: `not measured in full: ${missing.join(', ')}` }],
  };
}

/** Median of base ÷ candidate over trials of both arms in one session, where the candidate's rows were right. */
function improvement({ sessions, variants }: Evidence, { speed }: GatePolicy): number | null {
  const guards = new Set(variants.filter(({ role }) => role === 'guard').map(({ id }) => id));
  const ratios = sessions.flatMap(({ trials }) =>
    trials.flatMap((candidate) => {
      if (candidate.arm !== 'candidate' || candidate.rowsEqual !== true || guards.has(candidate.variant))
        return [];
      const base = trials.find(({ arm, variant }) => arm === 'base' && variant === candidate.variant);
      return base?.ms && candidate.ms ? [base.ms / candidate.ms] : [];
    }),
  );
  const ratio = median(ratios);
  return ratio >= speed.minRatio ? ratio : null;
}

function costsOf({ build, costs, sessions, writes }: Evidence, policy: GatePolicy): Verdict['costs'] {
  const built = build?.outcome === 'ok' ? build : null;
  const swapped = writes.map(({ base, candidate }) => ({ base: candidate, candidate: base }));
  return {
    ...costs,
    infraErrors: sessions.flatMap(({ trials }) => trials).filter(({ outcome }) => outcome === 'infra_error')
      .length,
    storageBytes: built?.addedBytes ?? null,
    buildMs: built?.buildMs ?? null,
    refreshMs: built?.refreshMs ?? null,
    writeRatio: swapped.length === 0 ? null : estimateRatio(swapped, policy.speed).ratio,
  };
}

/** What is known of the query itself besides its variants is told by its reasons. */
const othersOf = ({ guards, query }: Evidence): Evidence['guards'] =>
  guards.filter((guard) => guard.query !== query);

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
