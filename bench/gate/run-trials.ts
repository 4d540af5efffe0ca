import { type ConfirmResult, confirmStage } from '../../loops/gate/protocol/confirm-stage.ts';
import type { ArmTrials, PatternTrials } from '../../loops/gate/protocol/pattern-trials.ts';
import { type ConfirmPlan, confirmRows } from '../../loops/gate/protocol/plan-confirm.ts';
import type { ProtocolPolicy } from '../../loops/gate/protocol/protocol-policy.ts';
import type { Random } from '../../loops/gate/statistics/seeded-random.ts';
import { passesOf } from './random.ts';
import type { TrueRow } from './worlds.ts';

const none: ArmTrials = { trials: 0, passes: 0, infraErrors: 0 };

/** Rows that were not run yet. */
export function withoutTrials(rows: readonly TrueRow[]): PatternTrials[] {
  return rows.map((row) => ({ ...row, base: none, candidate: none }));
}

/** All rows with one trial more of both arms. */
export function addRound(
  random: Random,
  truth: readonly TrueRow[],
  seen: readonly PatternTrials[],
): PatternTrials[] {
  return seen.map((row, i) => addTrials(random, row, truth[i], 1, 1));
}

export interface ConfirmRun {
  result: ConfirmResult;
  /** All that it saw. */
  seen: PatternTrials[];
  /** Scored trials of both arms. */
  trials: number;
}

/** A confirm stage from its first trial to its verdict; `infraShare` of all runs end in an infrastructure error. */
export function runConfirm(
  random: Random,
  truth: readonly TrueRow[],
  plan: ConfirmPlan,
  policy: ProtocolPolicy,
  infraShare = 0,
): ConfirmRun {
  const own = confirmRows(truth, plan.scope);
  const seen = withoutTrials(own);
  const places = new Map(own.map((row, place) => [row.case, place]));
  for (;;) {
    const result = confirmStage(seen, plan, policy);
    if (result.verdict !== 'more') {
      const trials = seen.reduce((sum, { base, candidate }) => sum + base.trials + candidate.trials, 0);
      return { result, seen, trials };
    }
    for (const { row, base, candidate } of result.requests) {
      const place = places.get(row.case) ?? -1;
      const before = seen[place];
      if (before === undefined) throw new Error(`a request for no row: ${row.case}`);
      seen[place] = addTrials(random, before, own[place], base, candidate, infraShare);
    }
  }
}

function addTrials(
  random: Random,
  { pattern, case: id, variant, split, base, candidate }: PatternTrials,
  truth: TrueRow | undefined,
  baseRuns: number,
  candidateRuns: number,
  infraShare = 0,
): PatternTrials {
  return {
    pattern,
    case: id,
    variant,
    split,
    base: runArm(random, base, truth?.base ?? 0, baseRuns, infraShare),
    candidate: runArm(random, candidate, truth?.candidate ?? 0, candidateRuns, infraShare),
  };
}

function runArm(
  random: Random,
  before: ArmTrials,
  passRate: number,
  runs: number,
  infraShare: number,
): ArmTrials {
  const errors = infraShare === 0 ? 0 : passesOf(random, infraShare, runs);
  return {
    trials: before.trials + runs - errors,
    passes: before.passes + passesOf(random, passRate, runs - errors),
    infraErrors: before.infraErrors + errors,
  };
}
