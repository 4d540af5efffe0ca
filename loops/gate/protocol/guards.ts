import type { Reason } from '../reason.ts';
import { exactCmh } from '../statistics/exact-cmh.ts';
import { passesMost } from '../tally.ts';
import {
  type ArmTrials,
  type DatasetRow,
  givenUp,
  lackingTrials,
  nameOf,
  type PatternTrials,
  type TrialRequest,
  toCasePasses,
} from './pattern-trials.ts';
import type { ProtocolPolicy } from './protocol-policy.ts';

/** Trials of the guards: cases that pass today and must go on passing (split `guard`). */
export interface GuardRuns {
  /** One trial an arm of every guard. */
  first: readonly PatternTrials[];
  /** Further trials of the candidate alone on guards that failed their first one. */
  reruns: readonly PatternTrials[];
}

export interface GuardsResult {
  /** `more`: run what `requests` says, then ask again. */
  state: 'clear' | 'blocked' | 'more' | 'inconclusive';
  reasons: Reason[];
  requests: TrialRequest[];
  /** One-sided CMH that the guards as a whole got worse, over the first trials; null before all of them are there. */
  p: number | null;
}

/**
 * A guard that fails is run again, and blocks when too many of those fresh trials fail: the failure that picked it
 * out of hundreds does not count. Whether the guards as a whole got worse is asked of the first trials alone, since
 * only guards that failed have others. What the base fails too is no regression.
 */
export function judgeGuards({ first, reruns }: GuardRuns, policy: ProtocolPolicy): GuardsResult {
  const guards = first.filter(({ split }) => split === 'guard');
  const lost = givenUp([...guards, ...reruns], policy.maxInfraErrors);
  const result = (
    state: GuardsResult['state'],
    p: number | null,
    more: Partial<GuardsResult> = {},
  ): GuardsResult => ({ state, reasons: [], requests: [], p, ...more });
  if (lost.length > 0) {
    const detail = `infrastructure failed over ${policy.maxInfraErrors} times on guard ${nameOf(lost[0] as PatternTrials)}`;
    return result('inconclusive', null, { reasons: [{ code: 'error', detail }] });
  }
  const missing = lackingTrials(guards, 1);
  if (missing.length > 0) return result('more', null, { requests: missing });

  const p = exactCmh(guards.map(toCasePasses).map(swapArms));
  const again = new Map(reruns.map((row) => [keyOf(row), row.candidate]));
  const looks = guards
    .filter(({ base, candidate }) => passesMost(base) && candidate.passes < candidate.trials)
    .map((row) => ({ row, ...judgeReruns(again.get(keyOf(row)), policy) }));
  const reasons: Reason[] = looks
    .filter(({ blocks }) => blocks)
    .map(({ row, fails }) => ({
      code: 'guard-fails',
      detail: `${nameOf(row)} failed, and ${fails} times again`,
    }));
  if (p <= policy.guardLevel) {
    const detail = `${guards.length} guards pass less often than on the base: p = ${p.toPrecision(3)}`;
    reasons.push({ code: 'guards-worse', detail });
  }
  if (reasons.length > 0) return result('blocked', p, { reasons });
  const requests = looks
    .filter(({ missing }) => missing > 0)
    .map(({ row: { base: _, candidate: __, ...row }, missing }) => ({
      row,
      base: 0,
      candidate: missing,
    }));
  return requests.length > 0 ? result('more', p, { requests }) : result('clear', p);
}

function keyOf(row: DatasetRow): string {
  return JSON.stringify([row.pattern, row.case, row.variant]);
}

/** `missing`: fresh trials that could still decide about it. */
function judgeReruns(seen: ArmTrials | undefined, { guardReruns, guardFails }: ProtocolPolicy) {
  const fails = seen === undefined ? 0 : seen.trials - seen.passes;
  const left = Math.max(0, guardReruns - (seen?.trials ?? 0));
  const blocks = fails >= guardFails;
  return { fails, blocks, missing: blocks || fails + left < guardFails ? 0 : left };
}

function swapArms({
  baseTrials,
  basePasses,
  candidateTrials,
  candidatePasses,
}: ReturnType<typeof toCasePasses>) {
  return {
    baseTrials: candidateTrials,
    basePasses: candidatePasses,
    candidateTrials: baseTrials,
    candidatePasses: basePasses,
  };
}
