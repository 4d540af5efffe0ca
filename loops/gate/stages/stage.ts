import type { Reason, ReasonCode } from '../reason.ts';
import type { StageName, StageState } from '../verdict.ts';

/** One thing for the runner to do. Every step is safe to repeat; its result is added to the evidence. */
export type Step =
  | { do: 'policy' | 'build' | 'tests' | 'database' | 'staleness' }
  /**
   * Fresh containers of both arms: one trial an arm for each variant, then `pairs` ABBA pairs and `controlPairs` A/A
   * pairs. Ask `planNext` again with the trials alone before timing: `decided` makes the pairs needless.
   */
  | { do: 'session'; pairs: number; controlPairs: number }
  /** Bring each of these guards to `pairs` pairs in all. */
  | { do: 'guards'; queries: string[]; pairs: number }
  /** Change what each of these guards reads, on both arms, and compare its rows: the arms are of no other use after it. */
  | { do: 'guard-writes'; queries: string[] }
  | { do: 'writes'; pairs: number };

export interface Stage {
  stage: StageName;
  state: StageState;
  reasons: Reason[];
  /** What would close an open stage; null where nothing more may be spent on it. */
  step: Step | null;
}

export const passed = (stage: StageName): Stage => ({ stage, state: 'passed', reasons: [], step: null });

export const failed = (stage: StageName, reasons: Reason[]): Stage => ({
  stage,
  state: 'failed',
  reasons,
  step: null,
});

export const inconclusive = (stage: StageName, code: ReasonCode, detail: string): Stage => ({
  stage,
  state: 'inconclusive',
  reasons: [{ code, detail }],
  step: null,
});

export const open = (stage: StageName, step: Step): Stage => ({ stage, state: 'open', reasons: [], step });
