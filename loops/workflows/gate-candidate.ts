import type { QueryCase } from '../../datasets/cases/case.ts';
import { bindParameters, prepareBinding } from '../../datasets/patterns/bind-parameters.ts';
import type { Params, Pattern } from '../../datasets/patterns/pattern.ts';
import type { OwnedQuery } from '../admit/read-queries.ts';
import type { PatchRules } from '../gate/check-patch.ts';
import type { Evidence } from '../gate/evidence.ts';
import { GatePolicy } from '../gate/policy.ts';
import type { TrialRecord } from '../state/stores/trial-store.ts';
import type { Target } from '../target/load-target.ts';
import type { GuardQuery } from '../verify/check-guard.ts';
import { type Verification, verifyCandidate } from '../verify/verify-candidate.ts';
import type { LoopContext } from './context.ts';
import { type DatasetName, keepGateRun, startGateRun } from './gate-run.ts';

/** Logged parameter sets that each guard is looked at with. */
const GUARD_PARAMETERS = 3;

/** The gate's levels and limits, as the configuration has them, with the target's own budgets in them. */
export function gatePolicy({ config }: Target): GatePolicy {
  const { writeSlowdown, storageBytes } = config.budgets;
  return GatePolicy.parse({ ...config.gate, writeSlowdown, storageBytes });
}

/** What a patch to this target may touch. */
export function patchRules(target: Target): PatchRules {
  const { allowed, protected: sealed } = target.config.target;
  return { allowed, protected: sealed, packages: target.config.environment.packages };
}

/** Every other query of the target with parameters from its log: what must stay right and no slower. */
export async function guardQueries(
  queries: readonly OwnedQuery[],
  patterns: readonly Pattern[],
  cases: readonly QueryCase[],
): Promise<GuardQuery[]> {
  await prepareBinding();
  const guards: GuardQuery[] = [];
  for (const query of queries) {
    const pattern = patterns.find(({ id }) => id === query.pattern);
    if (!pattern) continue;
    const sets = new Map<string, Params>();
    for (const { sql, params } of pattern.samples) {
      const bound = bindParameters(query.sql, sql, params);
      if (bound) sets.set(JSON.stringify(bound), bound);
    }
    const all = [...sets.values()];
    if (all.length === 0) continue;
    const step = Math.max(1, Math.floor(all.length / GUARD_PARAMETERS));
    const params = all.filter((_, at) => at % step === 0).slice(0, GUARD_PARAMETERS);
    // Whether a total order holds was proved at admission alone; elsewhere ties may fall either way.
    const ordered = cases.find((one) => one.query === query.name)?.ordered ?? false;
    guards.push({ query: query.name, sql: query.sql, ordered, params });
  }
  return guards;
}

export interface GateRequest {
  case: QueryCase;
  candidateId: string;
  patch: string;
  guards: readonly GuardQuery[];
  dataset: DatasetName;
  /** Distinguishes repeated measurements of one candidate; the same key records nothing twice. */
  run: string;
  attempt: number;
}

/** One confirm stage: measured, judged, and kept with every trial it stands on. */
export async function gateCandidate(context: LoopContext, request: GateRequest): Promise<Verification> {
  const { target, images } = context;
  const { case: queryCase, candidateId, patch, run } = request;
  await startGateRun(context, request);
  const verification = await verifyCandidate(context, {
    case: queryCase,
    guards: request.guards.filter(({ query }) => query !== queryCase.query),
    patch,
    rules: patchRules(target),
    attempt: request.attempt,
    policy: gatePolicy(target),
  });
  const { evidence } = verification;
  await keepGateRun(context, verification, {
    run,
    candidateId,
    trials: trialRecords(evidence, run, images.revision),
    sawHoldout: evidence.sessions.length > 0 || evidence.staleness !== null,
  });
  return verification;
}

function trialRecords(evidence: Evidence, run: string, revision: string): TrialRecord[] {
  return evidence.sessions.flatMap((session, at) =>
    session.trials.map((trial) => ({
      id: `${run}/${at}/${trial.variant}/${trial.arm}`,
      run,
      caseId: evidence.case,
      variant: trial.variant,
      arm: trial.arm === 'base' ? ('baseline' as const) : ('candidate' as const),
      revision,
      session: at,
      outcome: trial.outcome,
      ms: trial.ms,
      cut: trial.cut,
      seen: { rowsEqual: trial.rowsEqual, detail: trial.detail, observed: trial.observed },
    })),
  );
}
