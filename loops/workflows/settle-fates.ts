import type { Verdict } from '../gate/verdict.ts';
import type { CellRecord, Fate } from '../state/stores/cell-store.ts';

/** A second look that is not at least this much faster than the base shows the first one to have been noise. */
const NOISE = 0.95;

const FATE_OF_REASON: Partial<Record<Verdict['reasons'][number]['code'], Fate>> = {
  'wrong-rows': 'wrong-rows',
  'tests-failed': 'wrong-rows',
  stale: 'stale',
  'below-objective': 'below-objective',
  noisy: 'noise',
  'no-faster': 'noise',
  'not-significant': 'noise',
  'too-few-trials': 'noise',
};

export interface CaseOutcome {
  baseMs: number;
  objectiveMs: number;
  stalenessS: number;
  /** Verdicts of the plans that were handed in, by plan. */
  verdicts: ReadonlyMap<string, Pick<Verdict, 'verdict' | 'reasons'>>;
}

/**
 * What became of each plan whose first timed run was faster than the base. A plan that never looked faster has none.
 */
export function settleFates(
  cells: readonly CellRecord[],
  outcome: CaseOutcome,
): { planId: string; fate: Fate }[] {
  return cells.flatMap((cell) => {
    if (cell.firstMs === null || cell.firstMs >= outcome.baseMs) return [];
    return [{ planId: cell.planId, fate: fateOf(cell, outcome) }];
  });
}

function fateOf(cell: CellRecord, { baseMs, objectiveMs, stalenessS, verdicts }: CaseOutcome): Fate {
  const verdict = verdicts.get(cell.planId);
  if (verdict?.verdict === 'accepted') return 'accepted';
  const [reason] = verdict?.reasons ?? [];
  // What remains is a reason about others than the query itself: other queries, writes, storage, the schema.
  if (reason) return FATE_OF_REASON[reason.code] ?? 'guard';
  if (cell.state === 'wrong') return 'wrong-rows';
  const ms = cell.medianMs ?? cell.firstMs ?? baseMs;
  if (ms >= baseMs * NOISE) return 'noise';
  if (ms > objectiveMs || cell.state === 'failed') return 'below-objective';
  const copy = cell.kind === 'materialise' || cell.kind === 'engine';
  return copy && stalenessS === 0 ? 'stale' : 'not-chosen';
}
