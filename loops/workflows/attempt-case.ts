import { isCurrentEnough } from '../../agents/explorer/choose-plans.ts';
import type { PlanKind } from '../../datasets/cases/plan-kind.ts';
import { readQueries } from '../admit/read-queries.ts';
import { Evidence } from '../gate/evidence.ts';
import { Verdict } from '../gate/verdict.ts';
import { describePullRequest } from '../publish/describe-pull-request.ts';
import { pushBranch } from '../publish/push-branch.ts';
import type { LoopContext } from './context.ts';
import { explore } from './explore.ts';
import { formatSpeedup } from './format-speedup.ts';
import { currentDataset, frozenCases } from './freeze-cases.ts';
import { gateCandidate, guardQueries } from './gate-candidate.ts';
import type { RunInLane } from './lanes.ts';
import { numberAttempt } from './number-attempt.ts';
import { settleFates } from './settle-fates.ts';

export interface AttemptRequest {
  /** Id of the loop or frontier run that this is part of: candidates and verdicts carry it. */
  run: string;
  caseId: string;
  allow: readonly PlanKind[];
  /** Kinds that an earlier attempt did not have: where none of them could be handed in, nothing is explored again. */
  added?: readonly PlanKind[];
  /** Whether what is accepted becomes a branch and a pull request. */
  publish: boolean;
  inLane: RunInLane;
}

export interface AttemptOutcome {
  accepted: { candidate: string; label: string; speedup: number } | null;
  /** What stood against the best candidate, or that there was none. */
  detail: string;
}

/** A verdict that only asks for a quieter machine is tried once more. */
const NOISY_RETRIES = 1;

/** Explore, gate the candidates in order until one is accepted, publish it. */
export async function attemptCase(context: LoopContext, request: AttemptRequest): Promise<AttemptOutcome> {
  const { state, target, progress } = context;
  const { run, caseId, allow, added = [], inLane } = request;

  const found = await inLane('explore', async (lane) => {
    const [queryCase] = await frozenCases(context, [caseId]);
    if (!queryCase) return { without: 'the case is not in the dataset' };
    if (added.length > 0 && !added.some((kind) => isCurrentEnough(kind, queryCase.stalenessS))) {
      return { without: `${added.join(' and ')} answers from a copy, and this query may not be behind` };
    }
    progress(`exploring ${queryCase.query}`);
    const known = (await state.cells.list(caseId)).map(({ planId, caseId: _, ...cell }) => ({
      ...cell,
      case: caseId,
      plan: planId,
    }));
    const { base, cells, submitted } = await explore(lane, queryCase, { allow, known, key: run });
    progress(`${queryCase.query}: ${cells.length} plans tried, ${submitted.length} handed in`);
    // What the gate has refused on this case before would be refused again, and would cost another attempt's time.
    const open: typeof submitted = [];
    for (const one of submitted) {
      if ((await state.candidates.find(one.candidate))?.state !== 'rejected') open.push(one);
    }
    return { baseMs: base.medianMs, submitted: open };
  });
  if ('without' in found) return { accepted: null, detail: found.without };

  let accepted: AttemptOutcome['accepted'] = null;
  let detail = 'no plan came near the objective';
  const verdicts: { planId: string; verdict: Verdict['verdict']; reasons: Verdict['reasons'] }[] = [];
  for (const { candidate, planId, label } of found.submitted.slice(
    0,
    target.config.budgets.attemptsPerPattern,
  )) {
    let judged: Pick<Verdict, 'verdict' | 'reasons'> & { speedup: number };
    for (let round = 0; ; round++) {
      judged = await inLane(`gate ${candidate} ${round + 1}`, (lane) =>
        gateStep(lane, { caseId, candidate, run: `${run}/${candidate}/${round + 1}` }),
      );
      const noisy = judged.verdict === 'inconclusive' && judged.reasons.some(({ code }) => code === 'noisy');
      if (!noisy || round >= NOISY_RETRIES) break;
    }
    verdicts.push({ planId, verdict: judged.verdict, reasons: judged.reasons });
    detail = judged.reasons.map((reason) => `${reason.code}: ${reason.detail}`).join('; ') || 'accepted';
    if (judged.verdict === 'accepted') {
      accepted = { candidate, label, speedup: judged.speedup };
      if (request.publish)
        await inLane(`publish ${candidate}`, () => publishStep(context, caseId, candidate));
      break;
    }
  }

  await inLane('settle', async () => {
    const [queryCase] = await frozenCases(context, [caseId]);
    if (!queryCase) return;
    const settled = settleFates(await state.cells.list(caseId), {
      baseMs: found.baseMs,
      objectiveMs: queryCase.objectiveMs,
      stalenessS: queryCase.stalenessS,
      verdicts: new Map(verdicts.map(({ planId, ...verdict }) => [planId, verdict])),
    });
    for (const { planId, fate } of settled) await state.cells.setFate(caseId, planId, fate);
  });
  return { accepted, detail };
}

async function gateStep(
  context: LoopContext,
  { caseId, candidate, run }: { caseId: string; candidate: string; run: string },
): Promise<Pick<Verdict, 'verdict' | 'reasons'> & { speedup: number }> {
  const { state, target, images, progress } = context;
  const [queryCase] = await frozenCases(context, [caseId]);
  const record = await state.candidates.find(candidate);
  const dataset = await currentDataset(context);
  if (!queryCase || !record || !dataset)
    throw new Error(`candidate ${candidate} of ${caseId} is not in the state`);
  const cases = await frozenCases(
    context,
    dataset.cases.map(({ id }) => id),
  );
  const { queries } = await readQueries(target, images.revision);
  const { patch } = record;
  const attempt = await numberAttempt(context, queryCase, { patch, run });
  progress(`${queryCase.query}: gating ${record.label}`);
  const { verdict } = await gateCandidate(context, {
    case: queryCase,
    candidateId: candidate,
    patch,
    guards: await guardQueries(queries, await state.patterns.list(), cases),
    dataset,
    run,
    attempt,
  });
  await state.candidates.setState(candidate, verdict.verdict);
  const speedup = verdict.speed[0]?.ratio ?? 1;
  const said =
    verdict.verdict === 'accepted'
      ? formatSpeedup(speedup)
      : verdict.reasons.map(({ code }) => code).join(', ');
  progress(`${queryCase.query}: ${verdict.verdict} (${said})`);
  return { verdict: verdict.verdict, reasons: verdict.reasons, speedup };
}

async function publishStep(
  context: LoopContext,
  caseId: string,
  candidateId: string,
): Promise<{ branch: string; commit: string }> {
  const { state, target, images, progress } = context;
  const [queryCase] = await frozenCases(context, [caseId]);
  const candidate = await state.candidates.find(candidateId);
  const dataset = await currentDataset(context);
  const [record] = await state.candidates.verdicts(candidateId);
  if (!queryCase || !candidate || !dataset || !record)
    throw new Error(`candidate ${candidateId} of ${caseId} is not in the state`);
  const branch = `whetstone/${caseId}`;
  const { title, body, speedup } = describePullRequest({
    case: queryCase,
    candidate,
    verdict: Verdict.parse(record.document),
    evidence: Evidence.parse(record.evidence),
    cells: await state.cells.list(caseId),
    dataset,
    revision: images.revision,
    branch,
    configPath: target.configPath,
  });
  const message = `${title}\n\n${candidate.rationale.trim()}\n\nWhetstone-Case: ${caseId}\nWhetstone-Candidate: ${candidateId}\n`;
  const commit = await pushBranch({
    target,
    revision: images.revision,
    branch,
    patch: candidate.patch,
    message,
    at: candidate.createdAt,
  });
  await state.publications.openPullRequest({
    pattern: queryCase.pattern,
    candidateId,
    branch,
    commit,
    url: null,
    title,
    body,
    speedup,
  });
  progress(`${queryCase.query}: branch ${branch}`);
  return { branch, commit };
}
