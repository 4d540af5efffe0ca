import { z } from 'zod';
import type { QueryCase } from '../../datasets/cases/case.ts';
import { PlanKind } from '../../datasets/cases/plan-kind.ts';
import type { CellRecord } from '../../loops/state/stores/cell-store.ts';

/** What `whetstone matrix --json` prints. */
export const Matrix = z.strictObject({
  dataset: z.string(),
  version: z.int(),
  sha256: z.string(),
  cases: z.array(
    z.strictObject({ id: z.string(), query: z.string(), baseMs: z.number(), objectiveMs: z.number() }),
  ),
  plans: z.array(z.strictObject({ id: z.string(), kind: PlanKind, label: z.string() })),
  cells: z.array(
    z.strictObject({
      case: z.string(),
      plan: z.string(),
      kind: PlanKind,
      label: z.string(),
      state: z.enum(['ok', 'wrong', 'failed', 'stopped']),
      /** A lower bound where the state is `stopped`; null where nothing was timed. */
      medianMs: z.number().nullable(),
      storageBytes: z.number().nullable(),
      buildMs: z.number().nullable(),
      /** What the gate, or who chose for it, made of a plan that looked faster; null where it never did. */
      fate: z
        .enum(['wrong-rows', 'stale', 'noise', 'guard', 'below-objective', 'accepted', 'not-chosen'])
        .nullable(),
      /** Whether the configuration's `allow` names the plan's kind. */
      allowed: z.boolean(),
      detail: z.string(),
    }),
  ),
  /** For each case with one the fastest plan that gives the right rows. */
  best: z.array(
    z.strictObject({
      case: z.string(),
      plan: z.string(),
      label: z.string(),
      medianMs: z.number(),
      /** The case's base time ÷ this. */
      speedup: z.number(),
    }),
  ),
});
export type Matrix = z.infer<typeof Matrix>;
export type MatrixCell = Matrix['cells'][number];

/** Shorter than this no clock of ours tells times apart. */
const SHORTEST_MS = 0.001;

/** The cells of these cases, in the order of the cases. */
export function collectMatrix(
  dataset: { name: string; version: number; sha256: string },
  cases: readonly Pick<QueryCase, 'id' | 'query' | 'baseMs' | 'objectiveMs'>[],
  records: readonly CellRecord[],
): Matrix {
  const cells = cases.flatMap(({ id }) =>
    records
      .filter(({ caseId }) => caseId === id)
      .map(
        (record): MatrixCell => ({
          case: id,
          plan: record.planId,
          kind: record.kind,
          label: record.label,
          state: record.state,
          medianMs: record.medianMs,
          storageBytes: record.storageBytes,
          buildMs: record.buildMs,
          fate: record.fate,
          allowed: record.allowed,
          detail: record.detail,
        }),
      ),
  );
  const plans = new Map(cells.map(({ plan, kind, label }) => [plan, { id: plan, kind, label }]));
  const best = cases.flatMap(({ id, baseMs }) => {
    const cell = fastest(cells.filter((one) => one.case === id));
    if (cell === undefined) return [];
    const { plan, label, medianMs } = cell;
    return [{ case: id, plan, label, medianMs, speedup: baseMs / Math.max(medianMs, SHORTEST_MS) }];
  });
  return {
    dataset: dataset.name,
    version: dataset.version,
    sha256: dataset.sha256,
    cases: cases.map(({ id, query, baseMs, objectiveMs }) => ({ id, query, baseMs, objectiveMs })),
    plans: [...plans.values()],
    cells,
    best,
  };
}

/** What the cell is worth: the gate may have seen wrong rows, or old ones, where the first look did not. */
export function stateOf({ state, fate }: MatrixCell): MatrixCell['state'] {
  return fate === 'wrong-rows' || fate === 'stale' ? 'wrong' : state;
}

export function fastest(cells: readonly MatrixCell[]): (MatrixCell & { medianMs: number }) | undefined {
  let best: (MatrixCell & { medianMs: number }) | undefined;
  for (const cell of cells) {
    const { medianMs } = cell;
    if (medianMs === null || stateOf(cell) !== 'ok') continue;
    if (best === undefined || medianMs < best.medianMs) best = { ...cell, medianMs };
  }
  return best;
}
