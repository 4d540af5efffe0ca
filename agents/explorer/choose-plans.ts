import type { PlanKind } from '../../datasets/cases/plan-kind.ts';
import type { Cell, Plan } from './plan.ts';

/** A plan with the figures it was judged by. */
export interface Judged {
  plan: Plan;
  cell: Cell;
  /** Slowest of the visible parameter sets, median of its runs after the first, milliseconds. */
  visibleMs: number;
  /** The same with the probes that were made from the statistics. */
  worstMs: number;
}

const SIMPLICITY: Record<PlanKind, number> = { index: 0, rewrite: 1, materialise: 2, engine: 3 };
/** The gate measures on another machine at another time: a plan this far below the objective still passes there. */
const MARGIN = 0.6;
/** Below this share of the objective nobody would notice a difference, and the clock hardly shows it. */
export const NEGLIGIBLE = 0.1;
/** Plans within a fifth of each other are equally fast. */
const EQUAL_SPEED = 1.2;

/**
 * Best first: those with a margin to the objective before those without, then the faster; among equally fast ones the
 * simpler kind, then the smaller storage. Speed is compared in steps of a fifth on a logarithmic scale, because
 * "within 20 %" is not transitive and could not order anything.
 */
export function rankPlans(judged: readonly Judged[], objectiveMs: number): Judged[] {
  const step = (ms: number) =>
    Math.ceil(Math.log(Math.max(ms, objectiveMs * NEGLIGIBLE)) / Math.log(EQUAL_SPEED));
  const tier = ({ visibleMs }: Judged) =>
    visibleMs <= objectiveMs * MARGIN ? 0 : visibleMs <= objectiveMs ? 1 : 2;
  return [...judged].sort(
    (a, b) =>
      tier(a) - tier(b) ||
      step(a.worstMs) - step(b.worstMs) ||
      step(a.visibleMs) - step(b.visibleMs) ||
      SIMPLICITY[a.plan.kind] - SIMPLICITY[b.plan.kind] ||
      a.plan.ddl.length - b.plan.ddl.length ||
      (a.cell.storageBytes ?? 0) - (b.cell.storageBytes ?? 0) ||
      a.worstMs - b.worstMs,
  );
}

/** Whether plans of a kind may answer at a staleness: a copy is behind from the first write on. */
export function isCurrentEnough(kind: PlanKind, stalenessS: number): boolean {
  const copy = kind === 'engine' || kind === 'materialise';
  return !copy || stalenessS > 0;
}

/** Whether a plan may become a candidate. */
export function submittable(plan: Plan, allow: readonly PlanKind[], stalenessS: number): boolean {
  return allow.includes(plan.kind) && isCurrentEnough(plan.kind, stalenessS);
}

/** The best, then the next best of other ideas; a second plan of the same ideas only once the ideas have run out. */
export function choosePlans(ranked: readonly Judged[], count: number): Judged[] {
  const chosen: Judged[] = [];
  const ideas = new Set<string>();
  for (const judged of ranked) {
    const idea = `${judged.plan.kind}: ${judged.plan.ideas.map(rootIdea).join(' + ')}`;
    if (ideas.has(idea)) continue;
    ideas.add(idea);
    chosen.push(judged);
  }
  const others = ranked.filter((judged) => !chosen.includes(judged));
  return [...chosen, ...others].slice(0, count);
}

/** A covering or partial form of an index is not another idea. */
function rootIdea(idea: string): string {
  return idea.replace(/(, covering|, partial)+$/, '');
}
