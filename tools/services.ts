import type { z } from 'zod';
import type { PlanKind } from '../datasets/cases/plan-kind.ts';
import type { Params } from '../datasets/patterns/pattern.ts';
import type { Sandbox } from '../sandboxes/containers/sandbox.ts';
import type { Principal } from './define-tool.ts';

/** What a fixer may know of a case: nothing sealed stands here. */
export interface CaseView {
  case: string;
  query: string;
  sql: string;
  visible: Params[];
  ordered: boolean;
  objectiveMs: number;
  stalenessS: number;
  allow: z.output<typeof PlanKind>[];
  layout: { queries: string; migrations: string; refresh: string };
  packages: Record<string, string>;
  instruction: string;
}

export interface Submission {
  case: string;
  patch: string;
  kind: z.output<typeof PlanKind>;
  label: string;
  planId: string;
  rationale: string;
}

/** What the tools need and the loop has; wired in cli/. */
export interface Services {
  environments: {
    create(caseId: string, owner: Principal, signal: AbortSignal): Promise<string>;
    /** The sandbox behind a handle, if it is the caller's; else a Fault that is the same for foreign and unknown. */
    get(env: string, caller: Principal): Sandbox;
    destroy(env: string, caller: Principal): Promise<void>;
  };
  cases: {
    list(): Promise<{ case: string; query: string; objectiveMs: number }[]>;
    get(caseId: string): Promise<CaseView>;
  };
  candidates: {
    /** Content-addressed: the same patch again is `known` and free. */
    submit(submission: Submission, by: Principal): Promise<{ candidate: string; state: 'queued' | 'known' }>;
  };
}
