import type { QueryCase } from '../../datasets/cases/case.ts';
import { Fault } from '../../datasets/fault.ts';
import { readQueries } from '../admit/read-queries.ts';
import { checkPatch } from '../gate/check-patch.ts';
import { evidenceVariants } from '../gate/evidence.ts';
import { describeCandidatePreview } from '../gate/preview-candidate.ts';
import { Verdict } from '../gate/verdict.ts';
import type { CandidateRecord } from '../state/stores/candidate-store.ts';
import { buildArm, removeArm } from '../target/images.ts';
import type { Verification } from '../verify/verify-candidate.ts';
import { chooseCase } from './choose-case.ts';
import type { LoopContext } from './context.ts';
import { currentDataset, frozenCases } from './freeze-cases.ts';
import { gateCandidate, gatePolicy, guardQueries, patchRules } from './gate-candidate.ts';
import { knownPatch, submitByHand } from './gate-run.ts';
import { numberAttempt } from './number-attempt.ts';

export interface PatchRequest {
  patch: string;
  /** Who brings it, for the record. */
  by: string;
  /** The case to judge it by; undefined: the one that the patch aims at. */
  caseId: string | undefined;
  /** Measure an accepted candidate once more: no attempt is charged. */
  remeasure: boolean;
}

export interface GatedPatch extends Verification {
  /** What its trials are kept under. */
  run: string;
  case: QueryCase;
  /** The newest verdict before this one, where there is one. */
  claimed: Verdict | undefined;
}

/** The gate on anybody's patch: one confirm stage on the pattern that the patch aims at, all other queries as guards. */
export async function gatePatch(context: LoopContext, request: PatchRequest): Promise<GatedPatch> {
  const { state, target, images, progress, now } = context;
  const dataset = await currentDataset(context);
  if (!dataset) {
    throw new Fault('no-dataset', `${target.name} has no dataset to judge a patch by.`, {
      hint: 'Make one with `whetstone mine` or `whetstone loop`.',
    });
  }
  const cases = await frozenCases(
    context,
    dataset.cases.map(({ id }) => id),
  );
  const known = await knownPatch(context, request);
  const queryCase = await aimOf(context, cases, request, known);
  const { id } = await submitByHand(context, queryCase, { ...request, kind: 'rewrite' });
  const [before] = await state.candidates.verdicts(id);
  const run = `gate/${id}/${now().getTime()}`;
  const { remeasure } = request;
  const attempt = await numberAttempt(context, queryCase, { patch: request.patch, run, remeasure });
  progress(describeCandidatePreview(evidenceVariants(queryCase), attempt, gatePolicy(target)));
  const { queries } = await readQueries(target, images.revision);
  const verification = await gateCandidate(context, {
    case: queryCase,
    candidateId: id,
    patch: request.patch,
    guards: await guardQueries(queries, await state.patterns.list(), cases),
    dataset,
    run,
    attempt,
  });
  // A second measurement is kept beside the first one; what was accepted and published stays so until a person decides.
  if (!request.remeasure) await state.candidates.setState(id, verification.verdict.verdict);
  return {
    ...verification,
    run,
    case: queryCase,
    claimed: before ? Verdict.parse(before.document) : undefined,
  };
}

async function aimOf(
  context: LoopContext,
  cases: readonly QueryCase[],
  request: PatchRequest,
  known: CandidateRecord | undefined,
): Promise<QueryCase> {
  const wanted = request.caseId ?? known?.caseId;
  if (wanted != null) {
    const found = cases.find(({ id, query }) => id === wanted || query === wanted);
    if (found) return found;
    throw new Fault(
      'no-such-case',
      `There is no case ${wanted} in the newest dataset of ${context.target.name}.`,
      {
        hint: 'Run `whetstone dataset show` for the cases.',
      },
    );
  }
  const [first] = cases;
  if (!first)
    throw new Fault('no-dataset', 'The newest dataset has no cases.', { hint: 'Run `whetstone mine`.' });
  // A patch that the static check refuses is never built: any case gives the same verdict.
  if (checkPatch(request.patch, patchRules(context.target)).length > 0) return first;
  const { engine, target, images, progress, signal } = context;
  const built = await buildArm(engine, target, images.data, images.export, request.patch, {
    progress,
    signal,
  });
  if ('failed' in built) return first;
  // The arm's image is left for the verdict, which needs the same.
  const chosen = await chooseCase(context, cases, request.patch, built.image).catch(
    async (error: unknown) => {
      await removeArm(engine, built.image);
      throw error;
    },
  );
  return chosen ?? first;
}
