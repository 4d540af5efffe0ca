import { Fault } from '../../datasets/fault.ts';
import { sha256 } from '../../datasets/sha256.ts';
import type { CandidateRecord } from '../state/stores/candidate-store.ts';
import type { TrialRecord } from '../state/stores/trial-store.ts';
import type { CodeVerification } from '../verify/code/verify-code-candidate.ts';
import type { Verification } from '../verify/verify-candidate.ts';
import type { CodeContext } from './code-context.ts';
import type { LoopContext } from './context.ts';

type GateContext = LoopContext | CodeContext;

/** What a verdict is given on. */
export interface DatasetName {
  name: string;
  version: number;
  sha256: string;
}

/**
 * What is known of a patch that was judged by a case before.
 *
 * @throws Fault `not-accepted`: it is to be measured again, and never was accepted
 */
export async function knownPatch(
  { state }: GateContext,
  { patch, remeasure }: { patch: string; remeasure: boolean },
): Promise<CandidateRecord | undefined> {
  const patchSha256 = sha256(patch);
  const known = (await state.candidates.list()).find(
    (one) => one.patchSha256 === patchSha256 && one.caseId !== null,
  );
  if (remeasure && known?.state !== 'accepted') {
    throw new Fault('not-accepted', 'The patch was never accepted, so there is nothing to measure again.', {
      hint: 'Run `whetstone gate --patch` without --remeasure; `whetstone pr list` shows what was accepted.',
    });
  }
  return known;
}

/** Hands in a patch that somebody brings by hand, for one case. */
export const submitByHand = (
  { state }: GateContext,
  { id: caseId, pattern }: { id: string; pattern: string },
  { patch, by, kind }: { patch: string; by: string; kind: string },
): Promise<{ id: string }> =>
  state.candidates.submit({
    caseId,
    pattern,
    patch,
    kind,
    label: 'a patch brought by hand',
    planId: null,
    rationale: 'Brought by hand.',
    submittedBy: by,
  });

/** Says what a run of the gate stands on, before its first trial. */
export const startGateRun = (
  { state, images }: GateContext,
  { run, dataset, patch }: { run: string; dataset: DatasetName; patch: string },
): Promise<void> =>
  state.trials.startRun({
    id: run,
    kind: 'gate',
    dataset: dataset.name,
    version: dataset.version,
    datasetSha256: dataset.sha256,
    revision: images.revision,
    patchSha256: sha256(patch),
  });

/**
 * Keeps what a run of the gate saw and said. One that was decided before it looked at the holdout (`sawHoldout`) gives its
 * attempt back.
 */
export async function keepGateRun(
  { state }: GateContext,
  { evidence, verdict, observed }: Verification | CodeVerification,
  kept: { run: string; candidateId: string; trials: readonly TrialRecord[]; sawHoldout: boolean },
): Promise<void> {
  const { run, candidateId } = kept;
  // Before the trials that name them.
  await state.observations.keep(observed.texts);
  await state.trials.record(kept.trials);
  await state.candidates.recordVerdict({
    candidateId,
    run,
    verdict: verdict.verdict,
    reasons: verdict.reasons,
    document: verdict,
    evidence,
  });
  if (!kept.sawHoldout) await state.candidates.returnAttempt(run);
}
