import type { PlanKind } from '../../datasets/cases/plan-kind.ts';

/** What a command in an environment did; output is bounded at 4 MB. */
interface ExecResult {
  outcome: 'completed' | 'timed_out' | 'output_limit';
  exitCode: number | null;
  stdout: string;
  stderr: string;
  truncated: boolean;
  wallMs: number;
}

/** What a fixer may know of a case. */
export interface CaseBrief {
  case: string;
  query: string;
  sql: string;
  /** Visible parameter sets. */
  visible: (string | null)[][];
  ordered: boolean;
  objectiveMs: number;
  /** Seconds a derived copy may lag behind; 0: not at all. */
  stalenessS: number;
  allow: PlanKind[];
  layout: { queries: string; migrations: string; refresh: string };
  packages: Record<string, string>;
  instruction: string;
}

/** Every tool the explorer acts through, by its name. A fault of the infrastructure is thrown, never returned. */
export interface ToolCalls {
  /** A sandbox of the base: the repository at /target as a git repository of one commit, PostgreSQL up with the data. */
  env_create(input: { case: string }): Promise<{ env: string }>;
  env_exec(input: {
    env: string;
    command: string[];
    stdin?: string;
    timeoutMs: number;
    cwd?: string;
  }): Promise<ExecResult>;
  env_read_file(input: { env: string; path: string }): Promise<{ content: string }>;
  env_write_file(input: { env: string; path: string; content: string }): Promise<{ bytes: number }>;
  /** What /target holds against the base commit, new files included. */
  env_diff(input: { env: string }): Promise<{ patch: string }>;
  env_destroy(input: { env: string }): Promise<unknown>;
  case_get(input: { case: string }): Promise<CaseBrief>;
  /** Takes the environment's diff as the patch; the gate runs later, elsewhere. */
  candidate_submit(input: {
    case: string;
    env: string;
    kind: PlanKind;
    label: string;
    planId: string;
    rationale: string;
  }): Promise<{ candidate: string; state: 'queued' | 'known' }>;
}
