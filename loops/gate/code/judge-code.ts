import type { Arm } from '../evidence.ts';
import { type ConfirmResult, confirmStage } from '../protocol/confirm-stage.ts';
import { type GuardsResult, judgeGuards } from '../protocol/guards.ts';
import { countOutcomes, type DatasetRow, type PatternTrials } from '../protocol/pattern-trials.ts';
import { type ConfirmPlan, planConfirm } from '../protocol/plan-confirm.ts';
import type { ProtocolPolicy } from '../protocol/protocol-policy.ts';
import type { Reason } from '../reason.ts';
import { passesMost } from '../tally.ts';
import type { CodeEvidence, SuiteTrial } from './code-evidence.ts';
import type { CodeStage, CodeVerdict } from './code-verdict.ts';

/** What to run next: a run of all tests on one arm is a trial of each of them. */
export type CodeStep = { do: 'policy' | 'build' | 'twin' | 'decided' } | { do: 'run'; arm: Arm };

export interface CodeJudgement {
  verdict: CodeVerdict;
  next: CodeStep;
}

/**
 * The verdict on the evidence so far, and what to run next. Accepted only when every stage passed; `inconclusive` with
 * the reason `incomplete` while there is something to run.
 */
export function judgeCode(evidence: CodeEvidence, policy: ProtocolPolicy): CodeJudgement {
  const plan = planOf(evidence, policy);
  const confirm = confirmStage(rowsOf(evidence), plan, policy);
  const guards = judgeGuards(guardRuns(evidence), policy);
  const stages = [
    policyStage(evidence),
    reachableStage(plan, confirm),
    buildStage(evidence),
    testsStage(evidence, confirm),
    guardsStage(evidence, guards),
    twinStage(evidence),
  ];
  const failed = stages.find(({ state }) => state === 'failed');
  const unclear = stages.find(({ state }) => state === 'inconclusive');
  const open = stages.find(({ state }) => state === 'open');
  const decided = failed ?? unclear;
  const reasons = decided?.reasons ?? (open ? [{ code: 'incomplete' as const, detail: open.stage }] : []);
  const verdict = failed ? 'rejected' : decided || open ? 'inconclusive' : 'accepted';
  return {
    verdict: describe(evidence, { verdict, reasons, stages, confirm, guards }),
    next: decided ? { do: 'decided' } : (open?.step ?? { do: 'decided' }),
  };
}

const planOf = (evidence: CodeEvidence, policy: ProtocolPolicy): ConfirmPlan =>
  planConfirm(ownRows(evidence), evidence.attempt, policy);

function ownRows({ case: id, pattern, tests }: CodeEvidence): DatasetRow[] {
  return tests.map((test) => ({
    pattern,
    case: id,
    variant: test.id,
    split: test.role === 'hidden' ? 'holdout' : 'dev',
  }));
}

function rowsOf(evidence: CodeEvidence): PatternTrials[] {
  return ownRows(evidence).map((row) => withTrials(row, evidence.runs));
}

function withTrials(row: DatasetRow, runs: readonly SuiteTrial[]): PatternTrials {
  const of = (arm: Arm) =>
    countOutcomes(
      runs.filter((run) => run.arm === arm).map(({ outcomes }) => outcomes[row.variant ?? ''] ?? 'invalid'),
    );
  return { ...row, base: of('base'), candidate: of('candidate') };
}

/** A guard's first trial of each arm is that of the first run; the candidate's later runs are fresh trials of all guards. */
function guardRuns({ case: id, pattern, guards, runs }: CodeEvidence) {
  const rows = guards.map((test): DatasetRow => ({ pattern, case: id, variant: test, split: 'guard' }));
  const [base, candidate] = (['base', 'candidate'] as const).map((arm) =>
    runs.filter((run) => run.arm === arm),
  );
  const first = [...(base ?? []).slice(0, 1), ...(candidate ?? []).slice(0, 1)];
  const later = (candidate ?? []).slice(1);
  return {
    first: rows.map((row) => withTrials(row, first)),
    reruns: rows.map((row) => withTrials(row, later)),
  };
}

const stage = (
  name: CodeStage['stage'],
  state: CodeStage['state'],
  reasons: Reason[] = [],
  step: CodeStep | null = null,
): CodeStage & { reasons: Reason[]; step: CodeStep | null } => ({ stage: name, state, reasons, step });

function policyStage({ policy }: CodeEvidence) {
  if (policy === null) return stage('policy', 'open', [], { do: 'policy' });
  const reasons = policy.map(({ code, path, rule }) => ({
    code,
    detail: path === null ? rule : `${path}: ${rule}`,
  }));
  return stage('policy', reasons.length === 0 ? 'passed' : 'failed', reasons);
}

function reachableStage({ possible }: ConfirmPlan, { reasons }: ConfirmResult) {
  return possible ? stage('reachable', 'passed') : stage('reachable', 'inconclusive', reasons);
}

function buildStage({ build }: CodeEvidence) {
  if (build === null) return stage('build', 'open', [], { do: 'build' });
  if (build.outcome === 'ok') return stage('build', 'passed');
  return stage('build', 'failed', [{ code: 'does-not-apply', detail: build.detail }]);
}

function testsStage(evidence: CodeEvidence, { verdict, reasons, requests }: ConfirmResult) {
  switch (verdict) {
    case 'accepted':
      return stage('tests', 'passed');
    case 'rejected':
      return stage(
        'tests',
        'failed',
        reasons.map((one) => withLastDetail(one, evidence)),
      );
    case 'inconclusive':
      return stage('tests', 'inconclusive', reasons);
    case 'more': {
      // While the candidate fails whatever it is asked, the base's trials could not help it.
      const candidate = evidence.runs.filter(({ arm }) => arm === 'candidate');
      const hopeful = evidence.tests.every(({ id }) =>
        candidate.some(({ outcomes }) => outcomes[id] === 'passed'),
      );
      const wants = (arm: Arm) => requests.some((request) => request[arm] > 0);
      const base = evidence.runs.length - candidate.length;
      const candidateNext = wants('candidate') && (!hopeful || !wants('base') || candidate.length <= base);
      return stage('tests', 'open', [], { do: 'run', arm: candidateNext ? 'candidate' : 'base' });
    }
  }
}

/** How the last run of the candidate ended, where it was not by a report: it says why the tests fail. */
function withLastDetail({ code, detail }: Reason, { runs }: CodeEvidence): Reason {
  const last = runs.findLast(({ arm }) => arm === 'candidate');
  return { code, detail: last && last.detail !== '' ? `${detail}; ${last.detail}` : detail };
}

function guardsStage({ guards: ids }: CodeEvidence, { state, reasons, requests }: GuardsResult) {
  if (ids.length === 0 || state === 'clear') return stage('guards', 'passed');
  if (state === 'blocked') return stage('guards', 'failed', reasons);
  if (state === 'inconclusive') return stage('guards', 'inconclusive', reasons);
  const arm = requests.some((request) => request.candidate > 0) ? 'candidate' : 'base';
  return stage('guards', 'open', [], { do: 'run', arm });
}

function twinStage({ twin }: CodeEvidence) {
  if (twin === null) return stage('twin', 'open', [], { do: 'twin' });
  if (twin === 'none' || twin.outcome !== 'passed') return stage('twin', 'passed');
  const detail = `it passes ${twin.test} with ${twin.detail}, which no right code does: a person must look at this patch`;
  return stage('twin', 'inconclusive', [{ code: 'implausible', detail }]);
}

interface Judged {
  verdict: CodeVerdict['verdict'];
  reasons: Reason[];
  stages: readonly CodeStage[];
  confirm: ConfirmResult;
  guards: GuardsResult;
}

function describe(
  evidence: CodeEvidence,
  { verdict, reasons, stages, confirm, guards }: Judged,
): CodeVerdict {
  const rows = rowsOf(evidence);
  const share = (arm: Arm) => rows.filter((row) => passesMost(row[arm])).length / Math.max(1, rows.length);
  const { attempt, claim, p, level, trials } = confirm.figures;
  return {
    verdict,
    reasons,
    stages: stages.map(({ stage: name, state }) => ({ stage: name, state })),
    cases: [{ id: evidence.case, base: share('base'), candidate: share('candidate') }],
    speed: [],
    claim,
    p,
    level,
    attempt,
    trials,
    tests: evidence.tests.map(({ id, role }, at) => {
      const counts = (arm: Arm) => ({
        trials: rows[at]?.[arm].trials ?? 0,
        passes: rows[at]?.[arm].passes ?? 0,
      });
      return { id, role, base: counts('base'), candidate: counts('candidate') };
    }),
    guards: { tests: evidence.guards.length, p: guards.p },
    costs: {
      wallMs: evidence.wallMs,
      trials: evidence.runs.length,
      infraErrors: evidence.infraErrors,
    },
  };
}
