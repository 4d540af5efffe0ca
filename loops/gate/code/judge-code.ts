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

/** What to run next. A run on one arm is a trial of each test in it: of `only` these, or of all where that is null. */
export type CodeStep =
  | { do: 'policy' | 'build' | 'beside' | 'twin' | 'decided' }
  | { do: 'run'; arm: Arm; only: string[] | null };

export interface CodeJudgement {
  verdict: CodeVerdict;
  next: CodeStep;
}

/** Of the signs that a reason names. */
const MOST_SIGNS = 5;

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
    besideStage(evidence, policy),
    testsStage(evidence, confirm),
    guardsStage(evidence, guards),
    conductStage(evidence),
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

/** The case's own tests as rows of the confirm stage. */
export function ownRows({
  case: id,
  pattern,
  tests,
}: Pick<CodeEvidence, 'case' | 'pattern' | 'tests'>): DatasetRow[] {
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
      runs.filter((run) => run.arm === arm).flatMap(({ outcomes }) => outcomes[row.variant ?? ''] ?? []),
    );
  return { ...row, base: of('base'), candidate: of('candidate') };
}

/** A guard's first trial of each arm is that of the first run; the candidate's later runs have fresh ones of what failed. */
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

/** A test that notices what code does to its arguments can only notice that in one process with it. */
function besideStage(
  { beside, tests, besideGuards }: CodeEvidence,
  { besideRuns, besideGuardRuns }: ProtocolPolicy,
) {
  if (beside === null) return stage('beside', 'passed');
  const fails = (id: string) => !beside.some(({ outcomes }) => outcomes[id] === 'passed');
  const own = tests.map(({ id }) => id).filter(fails);
  const guards = besideGuards.filter(fails);
  if (beside.length > 0 && own.length + guards.length === 0) return stage('beside', 'passed');
  const isOpen = own.length > 0 ? beside.length < besideRuns : beside.length < besideGuardRuns;
  if (isOpen) return stage('beside', 'open', [], { do: 'beside' });
  const last = beside.at(-1)?.detail ?? '';
  const detail = (ids: string[]) =>
    `${ids.slice(0, 3).join(', ')}: no pass in ${beside.length} runs in one process with the code${last && `; ${last}`}`;
  return stage('beside', 'failed', [
    ...(own.length > 0 ? [{ code: 'still-fails' as const, detail: detail(own) }] : []),
    ...(guards.length > 0 ? [{ code: 'guard-fails' as const, detail: detail(guards) }] : []),
  ]);
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
      return stage('tests', 'open', [], runOf(evidence, candidateNext ? 'candidate' : 'base'));
    }
  }
}

/** How the last run of the candidate ended, where it was not by a report: it says why the tests fail. */
function withLastDetail({ code, detail }: Reason, { runs }: CodeEvidence): Reason {
  const last = runs.findLast(({ arm }) => arm === 'candidate');
  return { code, detail: last && last.detail !== '' ? `${detail}; ${last.detail}` : detail };
}

function guardsStage(evidence: CodeEvidence, { state, reasons, requests }: GuardsResult) {
  if (evidence.guards.length === 0 || state === 'clear') return stage('guards', 'passed');
  if (state === 'blocked') return stage('guards', 'failed', reasons);
  if (state === 'inconclusive') return stage('guards', 'inconclusive', reasons);
  const arm = requests.some((request) => request.candidate > 0) ? 'candidate' : 'base';
  return stage('guards', 'open', [], runOf(evidence, arm));
}

/** The first run of an arm is of all tests; after it, the case's own and the guards that failed there need more trials. */
function runOf({ tests, guards, runs }: CodeEvidence, arm: Arm): CodeStep {
  const first = runs.find((run) => run.arm === arm);
  if (!first) return { do: 'run', arm, only: null };
  const failed = arm === 'candidate' ? guards.filter((id) => first.outcomes[id] !== 'passed') : [];
  return { do: 'run', arm, only: [...tests.map(({ id }) => id), ...failed] };
}

/** What a candidate does to its process, or leaves behind, and the base does not: no test asks for it. */
function conductStage(evidence: CodeEvidence) {
  const { runs } = evidence;
  if (!runs.some(({ arm }) => arm === 'base')) return stage('conduct', 'open', [], runOf(evidence, 'base'));
  const signsOf = (arm: Arm) => runs.filter((run) => run.arm === arm).flatMap(({ signs }) => signs);
  const known = new Set(signsOf('base'));
  const signs = [...new Set(signsOf('candidate'))].filter((sign) => !known.has(sign));
  if (signs.length === 0) return stage('conduct', 'passed');
  const more = signs.length > MOST_SIGNS ? ` and ${signs.length - MOST_SIGNS} more` : '';
  const detail = `which the base does not change or do: ${signs.slice(0, MOST_SIGNS).join(', ')}${more}`;
  return stage('conduct', 'failed', [{ code: 'process-changed', detail }]);
}

function twinStage({ twin, copied }: CodeEvidence) {
  if (twin === null) return stage('twin', 'open', [], { do: 'twin' });
  if (copied.length > 0) {
    const detail = `it has what the tests have (${copied.slice(0, 2).join('; ')}): a person must look at this patch`;
    return stage('twin', 'inconclusive', [{ code: 'implausible', detail }]);
  }
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
