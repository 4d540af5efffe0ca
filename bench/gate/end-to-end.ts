import { confirmStage } from '../../loops/gate/protocol/confirm-stage.ts';
import { devStage } from '../../loops/gate/protocol/dev-stage.ts';
import type { PatternTrials } from '../../loops/gate/protocol/pattern-trials.ts';
import { planConfirm } from '../../loops/gate/protocol/plan-confirm.ts';
import { ProtocolPolicy } from '../../loops/gate/protocol/protocol-policy.ts';
import { type ScreenedCandidate, screenCandidates } from '../../loops/gate/protocol/screen-candidates.ts';
import { DEV_LEVELS } from '../../loops/gate/statistics/group-sequential.ts';
import type { Random } from '../../loops/gate/statistics/seeded-random.ts';
import { addRound, runConfirm, withoutTrials } from './run-trials.ts';
import type { TrueRow } from './worlds.ts';

/** One by one through the dev stage, or screened so many at a time. */
export type Route = 'one by one' | number;

export interface Campaign {
  /** Which candidates each schedule of levels accepts, on the same trials. */
  falling: number[];
  flat: number[];
  /** Confirm stages. */
  attempts: number;
  /** Trials of both arms in the dev stage, and in all. */
  devTrials: number;
  trials: number;
  /** What all trials of all candidates would have been: five an arm on each row of dev and holdout. */
  allDevTrials: number;
  allTrials: number;
}

/**
 * Candidates one after the other through the real protocol: dev stage or screening, then the confirm stage of the next
 * attempt on one holdout version. Nothing is learned from a verdict, as every candidate is tried.
 */
export function runCampaign(
  random: Random,
  candidates: readonly TrueRow[][],
  route: Route,
  seed: number,
): Campaign {
  const policy = ProtocolPolicy.parse({ seed });
  const flat = { ...policy, schedule: 'flat' as const };
  const rows = candidates[0] ?? [];
  const holdout = rows.filter(({ split }) => split === 'holdout').length;
  const dev = rows.length - holdout;
  const campaign: Campaign = {
    falling: [],
    flat: [],
    attempts: 0,
    devTrials: 0,
    trials: 0,
    allDevTrials: candidates.length * 2 * DEV_LEVELS.length * dev,
    allTrials: candidates.length * 2 * (DEV_LEVELS.length * dev + policy.trials * holdout),
  };
  const confirm = (index: number) => {
    const candidate = candidates[index] ?? [];
    campaign.attempts++;
    const plan = planConfirm(candidate, campaign.attempts, policy);
    const { result, seen, trials } = runConfirm(random, candidate, plan, policy);
    campaign.trials += trials;
    if (result.verdict === 'accepted') campaign.falling.push(index);
    const other = planConfirm(candidate, campaign.attempts, flat);
    // The same trials have the same p by the same test: where it is above the other level, there is nothing to ask.
    const isSame = other.scope.test === plan.scope.test;
    if (result.figures.p === null || (isSame && result.figures.p > other.level)) return;
    if (confirmStage(seen, other, flat).verdict === 'accepted') campaign.flat.push(index);
  };
  const ran = (rounds: number) => {
    campaign.devTrials += rounds * 2 * dev;
    campaign.trials += rounds * 2 * dev;
  };

  if (route === 'one by one') {
    candidates.forEach((candidate, i) => {
      if (passesDevStage(random, candidate, ran)) confirm(i);
    });
  } else {
    for (let first = 0; first < candidates.length; first += route) {
      const best = screen(random, candidates.slice(first, first + route), policy, ran);
      if (best !== null) confirm(first + best);
    }
  }
  return campaign;
}

function passesDevStage(
  random: Random,
  candidate: readonly TrueRow[],
  ran: (rounds: number) => void,
): boolean {
  const truth = candidate.filter(({ split }) => split === 'dev');
  let seen = withoutTrials(truth);
  for (let round = 1; ; round++) {
    seen = addRound(random, truth, seen);
    ran(1);
    const { decision } = devStage(seen, round);
    if (decision !== 'continue') return decision === 'go';
  }
}

function screen(
  random: Random,
  candidates: readonly TrueRow[][],
  policy: ProtocolPolicy,
  ran: (rounds: number) => void,
): number | null {
  const dev = candidates.map((candidate) => candidate.filter(({ split }) => split === 'dev'));
  const states = dev.map((truth, i): ScreenedCandidate => {
    const untried: PatternTrials[] = withoutTrials(truth);
    return { candidate: String(i), rounds: 0, first: untried, all: untried };
  });
  for (;;) {
    const step = screenCandidates(states, policy);
    if (step.do === 'stop') return null;
    if (step.do === 'confirm') return Number(step.candidate);
    for (const name of step.candidates) {
      const [state, truth] = [states[Number(name)], dev[Number(name)]];
      if (state === undefined || truth === undefined) throw new Error(`a step for no candidate: ${name}`);
      for (; state.rounds < step.rounds; state.rounds++) {
        state.all = addRound(random, truth, state.all);
        if (state.rounds === 0) state.first = state.all;
        ran(1);
      }
    }
  }
}
