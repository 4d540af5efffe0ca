import type { PlanKind } from '../../datasets/cases/plan-kind.ts';
import type { Cell, Subject } from './plan.ts';

export interface ExplorationLimits {
  /** Time for building and timing plans of one case, milliseconds; the base's own runs come on top. */
  wallMs: number;
  /** Longest run of the base with one parameter set. */
  baseMs: number;
  /** Longest build of one plan. */
  buildMs: number;
  /** Most candidates handed in. */
  candidates: number;
}

export const EXPLORATION_LIMITS: ExplorationLimits = {
  wallMs: 8_000,
  baseMs: 60_000,
  buildMs: 15_000,
  candidates: 3,
};

export interface BaseMeasure {
  /** Slowest visible parameter set, milliseconds; a lower bound where every run was cut. */
  medianMs: number;
  /** EXPLAIN (FORMAT JSON) of that set; null where it could not be had. */
  plan: unknown;
}

export interface Submitted {
  candidate: string;
  planId: string;
  kind: PlanKind;
  label: string;
  predictedMs: number;
}

/** What happens, as it happens. A plan's later cell takes the place of its earlier one. */
export type ExplorationEvent =
  | ({ type: 'base'; case: string } & BaseMeasure)
  | { type: 'cell'; cell: Cell }
  | { type: 'progress'; case: string; message: string }
  | { type: 'submitted'; case: string; candidate: string; planId: string };

export type EmitEvent = (event: ExplorationEvent) => void;

export interface Exploration {
  subject: Subject;
  base: BaseMeasure;
  cells: Cell[];
  submitted: Submitted[];
}
