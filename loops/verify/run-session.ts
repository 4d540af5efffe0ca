import { equalRows } from '../../datasets/cases/canonical-rows.ts';
import type { QueryCase, Variant } from '../../datasets/cases/case.ts';
import type { Params } from '../../datasets/patterns/pattern.ts';
import { scoreTrial, type Trial } from '../gate/evidence.ts';
import type { Pair, Sample, SpeedSession } from '../gate/speed.ts';
import { medianError } from '../gate/statistics/median.ts';
import type { Arm } from '../target/arm.ts';
import type { ServeReply } from '../target/serve-client.ts';
import { calibrateOnce } from './calibrate.ts';
import type { Observations } from './observations.ts';
import { REFERENCE_LIMIT_MS, referenceRows } from './reference.ts';
import { type Expected, judgeReply } from './trial.ts';

/** Runs of each arm before its first timed sample: warm-ups, and the trials that come after them. */
const RUNS_BEFORE_SAMPLES = 5;

/** Warm-ups before the trials, at least. */
const WARM_UPS = 2;

/** Control pairs are short, so that there can be as many as their noise asks for. */
const CONTROL = { least: 20, most: 60, atATime: 10, error: 0.015 };

const FLOOR_PROBES = 5;

/** A pass/fail trial may stop at this multiple of the objective: it has failed. */
export const TRIAL_STOP = 3;

/** The base's stops sooner: of how slow the base is, the timed pairs tell. */
export const BASE_TRIAL_STOP = 1.5;

/** A timed sample is cut at this multiple of the objective, or at CUT_MS, whichever is larger. */
const SAMPLE_STOP = 5;
const CUT_MS = 1_000;

const sampleLimitMs = (objectiveMs: number): number => Math.max(SAMPLE_STOP * objectiveMs, CUT_MS);

export interface SessionRequest {
  case: QueryCase;
  base: Arm;
  candidate: Arm;
  /** Scaled to this machine, now. */
  objectiveMs: number;
  /** Where in the list of parameter sets this session's samples start: each session takes others. */
  offset: number;
  /** The target's own refresh command. */
  refresh: readonly string[] | undefined;
  /** Takes what the trials are scored from. */
  observed: Observations;
  signal: AbortSignal;
}

/** Parameter sets that a session's samples and warm-ups go through. */
const timedAt = (request: SessionRequest, at: number): Params => {
  const timed = timedParameters(request.case);
  return timed[(request.offset + at) % timed.length] ?? [];
};

/** Runs every variant that only reads once on each arm, after the warm-ups. */
export async function runReading(request: SessionRequest): Promise<Trial[]> {
  const { case: queryCase, base, candidate, objectiveMs, signal } = request;
  const reading = [...queryCase.visible, ...queryCase.hidden].filter(({ writes }) => writes.length === 0);
  for (let run = 0; run < warmUps(reading.length); run++) {
    signal.throwIfAborted();
    // The first run of an arm reads its tables in; the later ones need no more time than a trial has.
    const limitMs = run === 0 ? sampleLimitMs(objectiveMs) : objectiveMs * TRIAL_STOP;
    await base.ask(queryCase.query, timedAt(request, run), limitMs);
    await candidate.ask(queryCase.query, timedAt(request, run), limitMs);
  }
  const trials: Trial[] = [];
  for (const variant of reading) {
    signal.throwIfAborted();
    trials.push(...(await runTrials(request, variant)));
  }
  return trials;
}

const warmUps = (trials: number): number => Math.max(WARM_UPS, RUNS_BEFORE_SAMPLES - trials);

/** Interleaved pairs of both arms, and the same work on both: the A/A control. */
export async function runPairs(
  request: SessionRequest,
  counts: { pairs: number; controlPairs: number },
): Promise<SpeedSession> {
  const { case: queryCase, base, candidate, objectiveMs, signal } = request;
  const cutMs = sampleLimitMs(objectiveMs);
  const floorMs = await measureFloor(candidate);
  const pairs: Pair[] = [];
  for (let at = 0; at < counts.pairs; at++) {
    signal.throwIfAborted();
    const params = timedAt(request, RUNS_BEFORE_SAMPLES + at);
    pairs.push(
      await inTurn(
        at,
        () => timeSample(base, queryCase.query, params, cutMs),
        () => timeSample(candidate, queryCase.query, params, cutMs),
      ),
    );
  }
  const control = counts.controlPairs === 0 ? [] : await runControl(request);
  return { pairs, control, floorMs };
}

/**
 * The calibration query in both containers: it shows the machine's noise and any difference between the two. Taken
 * until the median is known to 1.5 %, half of what it may be off, so that a busy machine is not taken for a difference.
 */
async function runControl({ base, candidate, signal }: SessionRequest): Promise<Pair[]> {
  const calibration = async (arm: Arm): Promise<Sample> => ({ ms: await calibrateOnce(arm.sql), cut: false });
  await calibration(base);
  await calibration(candidate);
  const control: Pair[] = [];
  const isKnown = () =>
    control.length >= CONTROL.least &&
    medianError(control.map((pair) => Math.log(pair.base.ms / pair.candidate.ms))) <= CONTROL.error;
  while (control.length < CONTROL.most && !isKnown()) {
    signal.throwIfAborted();
    for (let at = 0; at < CONTROL.atATime; at++) {
      control.push(
        await inTurn(
          at,
          () => calibration(base),
          () => calibration(candidate),
        ),
      );
    }
  }
  return control;
}

/** Parameters on which the base is slow: elsewhere there is nothing to speed up. */
function timedParameters({ visible, hidden, pool }: QueryCase): Params[] {
  const slow = [...visible, ...hidden]
    .filter((variant) => variant.split === 'holdout' && variant.writes.length === 0)
    .map((variant) => variant.params);
  const unseen = pool.filter(
    (params) => !slow.some((known) => JSON.stringify(known) === JSON.stringify(params)),
  );
  return [...slow, ...unseen];
}

/** One trial on each arm, which stops where it has failed. */
export async function runTrials(request: SessionRequest, variant: Variant): Promise<Trial[]> {
  const { case: queryCase, base, candidate, objectiveMs, observed } = request;
  const expected = expectedOf(queryCase, variant, objectiveMs);
  const ours = await base.ask(queryCase.query, variant.params, objectiveMs * BASE_TRIAL_STOP);
  const theirs = await candidate.ask(queryCase.query, variant.params, objectiveMs * TRIAL_STOP);
  return [judgeReply('base', ours, { expected, observed }), await judgeAnswer(request, variant, theirs)];
}

const expectedOf = (queryCase: QueryCase, variant: Variant, objectiveMs: number): Expected => ({
  variant: variant.id,
  sha256: variant.sha256,
  ordered: queryCase.ordered,
  objectiveMs,
  scale: objectiveMs / queryCase.objectiveMs,
});

/**
 * Judges the candidate's answer. A digest that differs may be the last digit of a sum that was added in another
 * order, so the rows themselves are then compared with the base SQL's, run now on the base's data.
 */
export async function judgeAnswer(
  request: SessionRequest,
  variant: Variant,
  reply: ServeReply,
): Promise<Trial> {
  const { case: queryCase, base, objectiveMs, observed } = request;
  const expected = expectedOf(queryCase, variant, objectiveMs);
  const trial = judgeReply('candidate', reply, { expected, observed });
  if (trial.rowsEqual !== false || reply.outcome !== 'answered') return trial;
  const { ordered } = queryCase;
  const reference = await referenceRows(base.sql, queryCase.sql, variant.params, {
    ordered,
    limitMs: REFERENCE_LIMIT_MS,
  });
  trial.observed.reference = observed.keep(JSON.stringify(reference.result));
  const compared = equalRows(reference.result, reply.result, { ordered });
  if (!compared.equal) return { ...trial, detail: `${compared.detail}; ${trial.detail}` };
  const outcome = scoreTrial({ ended: 'answered', rowsEqual: true, ms: reply.ms }, objectiveMs);
  return { ...trial, rowsEqual: true, outcome };
}

/** ABBA: even pairs run the base first, odd ones the candidate. */
export async function inTurn<T>(
  at: number,
  base: () => Promise<T>,
  candidate: () => Promise<T>,
): Promise<{ base: T; candidate: T }> {
  if (at % 2 === 0) {
    const first = await base();
    return { base: first, candidate: await candidate() };
  }
  const first = await candidate();
  return { base: await base(), candidate: first };
}

async function timeSample(arm: Arm, query: string, params: Params, cutMs: number): Promise<Sample> {
  const reply = await arm.ask(query, params, cutMs);
  // An error or a lost process is no fast answer; its trials say what it was.
  return reply.outcome === 'answered' ? { ms: reply.ms, cut: false } : { ms: cutMs, cut: true };
}

/** The fastest round trip for a query that there is not: no answer with work in it can be faster. */
async function measureFloor(arm: Arm): Promise<number | null> {
  let floor: number | null = null;
  for (let probe = 0; probe < FLOOR_PROBES; probe++) {
    const reply = await arm.ask(`no-such-query-${probe}`, [], CUT_MS);
    if (reply.outcome === 'failed') floor = Math.min(floor ?? reply.ms, reply.ms);
  }
  return floor;
}
