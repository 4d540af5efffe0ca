import type { CodeCase } from '../../datasets/cases/code-case.ts';
import { readCodeCase } from '../../datasets/cases/code-case-folder.ts';
import { Fault } from '../../datasets/fault.ts';
import type { PatchRules } from '../gate/check-patch.ts';
import { CodeVerdict } from '../gate/code/code-verdict.ts';
import { describeCodePreview } from '../gate/code/describe-code-preview.ts';
import { ProtocolPolicy } from '../gate/protocol/protocol-policy.ts';
import type { TrialRecord } from '../state/stores/trial-store.ts';
import type { CodeTarget } from '../target/load-target.ts';
import { findAim } from '../verify/code/find-aim.ts';
import { type CodeVerification, verifyCodeCandidate } from '../verify/code/verify-code-candidate.ts';
import type { CodeContext } from './code-context.ts';
import { currentVersion } from './freeze-version.ts';
import type { PatchRequest } from './gate-patch.ts';
import { keepGateRun, knownPatch, startGateRun, submitByHand } from './gate-run.ts';
import { numberAttempt } from './number-attempt.ts';

export interface GatedCode extends CodeVerification {
  /** What its trials are kept under. */
  run: string;
  case: CodeCase;
  /** The newest verdict before this one, where there is one. */
  claimed: CodeVerdict | undefined;
}

/** The gate on anybody's patch to a code target: one confirm stage on one case, every test that passes today as guard. */
export async function gateCode(context: CodeContext, request: PatchRequest): Promise<GatedCode> {
  const { state, target, images, progress, now } = context;
  const current = await currentVersion(target.datasets);
  if (!current) {
    throw new Fault('no-dataset', `${target.name} has no dataset to judge a patch by.`, {
      hint: 'Make one with `whetstone mine --source tests`.',
    });
  }
  const { dataset } = current;
  const known = await knownPatch(context, request);
  const rules = codePatchRules(target);
  const cases = await Promise.all(current.folders.map(readCodeCase));
  const named = request.caseId ?? known?.caseId ?? undefined;
  const aim =
    named === undefined && cases.length > 1
      ? await findAim(context, cases, { patch: request.patch, rules })
      : undefined;
  const codeCase = aim ?? chooseCodeCase(cases, named, target);
  const { id } = await submitByHand(context, codeCase, { ...request, kind: 'code' });
  const [before] = await state.candidates.verdicts(id);
  const run = `gate/${id}/${now().getTime()}`;
  const { remeasure } = request;
  const attempt = await numberAttempt(context, codeCase, { patch: request.patch, run, remeasure });
  const policy = codePolicy(target);
  progress(describeCodePreview(codeCase, attempt, policy));
  await startGateRun(context, { run, dataset, patch: request.patch });
  const verification = await verifyCodeCandidate(context, {
    case: codeCase,
    patch: request.patch,
    rules,
    attempt,
    policy,
  });
  const { verdict, evidence } = verification;
  await keepGateRun(context, verification, {
    run,
    candidateId: id,
    trials: trialRecords(verification, run, images.revision),
    sawHoldout: evidence.runs.length > 0 || (evidence.beside ?? []).length > 0,
  });
  if (!request.remeasure) await state.candidates.setState(id, verdict.verdict);
  return { ...verification, run, case: codeCase, claimed: before && CodeVerdict.parse(before.document) };
}

/** What needs no run to be harmless: nothing of it is executed, and `checkPatch` looks at the packages. */
const HARMLESS = ['**/*.{md,txt,rst}', '**/package.json', '**/package-lock.json'];

/** The gate's levels and limits, as the configuration has them. */
export const codePolicy = ({ config }: CodeTarget): ProtocolPolicy => ProtocolPolicy.parse(config.gate);

/** What a patch to this target may touch. */
export function codePatchRules({ config }: CodeTarget): PatchRules {
  const { sources, allowed, protected: sealed } = config.target;
  const { files } = config.tests;
  return {
    allowed: allowed ?? [...sources, ...files, ...HARMLESS],
    protected: sealed,
    packages: config.environment.packages,
  };
}

function chooseCodeCase(
  cases: readonly CodeCase[],
  wanted: string | undefined,
  target: CodeTarget,
): CodeCase {
  const found = wanted === undefined ? cases[0] : cases.find(({ id }) => id === wanted);
  if (found) return found;
  throw new Fault(
    'no-such-case',
    wanted === undefined
      ? `The newest dataset of ${target.name} has no cases.`
      : `There is no case ${wanted} in the newest dataset of ${target.name}.`,
    { hint: 'Run `whetstone dataset show` for the cases.' },
  );
}

function trialRecords({ evidence }: CodeVerification, run: string, revision: string): TrialRecord[] {
  return evidence.runs.flatMap(({ arm, outcomes, ended, detail, report, wallMs }, at) =>
    evidence.tests.map(({ id }) => ({
      id: `${run}/${at}/${id}/${arm}`,
      run,
      caseId: evidence.case,
      variant: id,
      arm: arm === 'base' ? ('baseline' as const) : ('candidate' as const),
      revision,
      session: at,
      outcome: outcomes[id] ?? ('invalid' as const),
      ms: wallMs,
      cut: outcomes[id] === 'timed_out',
      seen: { ended, detail, report },
    })),
  );
}
