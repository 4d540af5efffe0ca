import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { QueryCase, Split } from '../../datasets/cases/case.ts';
import { readCase } from '../../datasets/cases/case-folder.ts';
import { readDataset } from '../../datasets/cases/dataset.ts';
import { Fault } from '../../datasets/fault.ts';
import { sha256 } from '../../datasets/sha256.ts';
import type { Trial } from '../gate/evidence.ts';
import { median } from '../gate/statistics/median.ts';
import { Arm } from '../target/arm.ts';
import { exportTarget } from '../target/export-target.ts';
import { buildArm, removeArm } from '../target/images.ts';
import { calibrateNow } from '../verify/calibrate.ts';
import { Observations } from '../verify/observations.ts';
import { BASE_TRIAL_STOP, TRIAL_STOP } from '../verify/run-session.ts';
import { judgeReply } from '../verify/trial.ts';
import type { LoopContext } from './context.ts';

export interface EvaluateRequest {
  /** Folder of the dataset's versions. */
  root: string;
  version: number;
  /** Ids of the cases; undefined: all. */
  cases?: readonly string[];
  /** Trials of each variant, each round in a fresh container. */
  trials: number;
  /** The base of the configuration where undefined. */
  revision?: string;
  patch: string | null;
}

export interface EvaluatedCase {
  id: string;
  split: Split;
  trials: number;
  passed: number;
  failed: number;
  timedOut: number;
  invalid: number;
  infraErrors: number;
  /** Over the trials that answered; null where none did. */
  medianMs: number | null;
}

export interface Evaluation {
  run: string;
  dataset: string;
  version: number;
  sha256: string;
  revision: string;
  patchSha256: string | null;
  passRate: number;
  cases: EvaluatedCase[];
}

export const passesMostTrials = ({ passed, trials }: EvaluatedCase): boolean => passed * 2 > trials;

/** Trials of a dataset's cases on one revision, with or without a patch: one arm, no comparison and no verdict. */
export async function evaluate(context: LoopContext, request: EvaluateRequest): Promise<Evaluation> {
  const { engine, target, state, images, progress, signal } = context;
  const dataset = await readDataset(request.root, request.version);
  const exported =
    request.revision === undefined ? images.export : await exportTarget(target.path, request.revision);
  const built = await buildArm(engine, target, images.data, exported, request.patch, { progress, signal });
  if ('failed' in built) {
    throw new Fault('build-failed', `The revision fails in ${built.failed}: ${built.detail}`, {
      hint: 'It must apply, migrate and refresh on the data before a case can run on it.',
    });
  }
  const run = `eval/${randomUUID()}`;
  const patchSha256 = request.patch === null ? null : sha256(request.patch);
  await state.trials.startRun({
    id: run,
    kind: 'eval',
    dataset: dataset.name,
    version: dataset.version,
    datasetSha256: dataset.sha256,
    revision: exported.revision,
    patchSha256,
  });
  const wanted = dataset.cases.filter(({ id }) => request.cases?.includes(id) ?? true);
  const cases: EvaluatedCase[] = [];
  for (const { id, split } of wanted) {
    const queryCase = await readCase(path.join(request.root, `v${request.version}`, 'cases', id));
    const trials: Trial[] = [];
    for (let round = 0; round < request.trials; round++) {
      signal.throwIfAborted();
      await using arm = await Arm.open(engine, built.image, target.config, { purpose: `eval ${id}`, signal });
      const observed = new Observations();
      const seen = await runRound(arm, queryCase, observed);
      trials.push(...seen);
      await state.observations.keep(observed.texts);
      await state.trials.record(
        seen.map((trial) => ({
          id: `${run}/${id}/${round}/${trial.variant}`,
          run,
          caseId: id,
          variant: trial.variant,
          arm: 'candidate',
          revision: exported.revision,
          session: round,
          outcome: trial.outcome,
          ms: trial.ms,
          cut: trial.cut,
          seen: { rowsEqual: trial.rowsEqual, detail: trial.detail, observed: trial.observed },
        })),
      );
    }
    const evaluated = tally(id, split, trials);
    progress(`${id}: ${evaluated.passed} of ${evaluated.trials} trials pass`);
    cases.push(evaluated);
  }
  if (built.image !== images.base) await removeArm(engine, built.image);
  const passed = cases.filter(passesMostTrials).length;
  return {
    run,
    dataset: dataset.name,
    version: dataset.version,
    sha256: dataset.sha256,
    revision: exported.revision,
    patchSha256,
    passRate: cases.length === 0 ? 0 : passed / cases.length,
    cases,
  };
}

/** Every variant that only reads, once, after one warm-up. */
async function runRound(arm: Arm, queryCase: QueryCase, observed: Observations): Promise<Trial[]> {
  const scale = (await calibrateNow(arm.sql)) / queryCase.calibrationMs;
  const objectiveMs = queryCase.objectiveMs * scale;
  const variants = [...queryCase.visible, ...queryCase.hidden].filter(({ writes }) => writes.length === 0);
  await arm.ask(queryCase.query, variants[0]?.params ?? [], queryCase.baseMs * TRIAL_STOP);
  // What is slower than the base has failed under any objective that the case may ever have, so that it can be scored again.
  const limitMs = Math.max(objectiveMs * TRIAL_STOP, queryCase.baseMs * scale * BASE_TRIAL_STOP);
  const trials: Trial[] = [];
  for (const variant of variants) {
    const reply = await arm.ask(queryCase.query, variant.params, limitMs);
    trials.push(
      judgeReply('candidate', reply, {
        expected: {
          variant: variant.id,
          sha256: variant.sha256,
          ordered: queryCase.ordered,
          objectiveMs,
          scale,
        },
        observed,
      }),
    );
  }
  return trials;
}

function tally(id: string, split: Split, trials: readonly Trial[]): EvaluatedCase {
  const count = (outcome: Trial['outcome']) => trials.filter((trial) => trial.outcome === outcome).length;
  const answered = trials.flatMap(({ ms, cut }) => (ms === null || cut ? [] : [ms]));
  return {
    id,
    split,
    trials: trials.length,
    passed: count('passed'),
    failed: count('failed'),
    timedOut: count('timed_out'),
    invalid: count('invalid'),
    infraErrors: count('infra_error'),
    medianMs: answered.length === 0 ? null : median(answered),
  };
}
