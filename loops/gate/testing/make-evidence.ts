import type { Evidence, Trial, TrialOutcome } from '../evidence.ts';

/** Of a candidate of which nothing was looked at yet. */
export const noEvidence: Evidence = {
  case: 'c',
  query: 'q',
  attempt: 1,
  objective: { ms: 50, calibrationFreezeMs: 10, calibrationNowMs: 10 },
  variants: [],
  policy: null,
  build: null,
  tests: null,
  database: null,
  sessions: [],
  staleness: null,
  guardQueries: [],
  guards: [],
  writes: [],
  costs: { wallMs: 0, trials: 0 },
};

/** One that answered has the right rows. */
export const makeTrial = (
  arm: Trial['arm'],
  variant: string,
  outcome: TrialOutcome,
  more: Partial<Trial> = {},
): Trial => ({
  arm,
  variant,
  outcome,
  rowsEqual: outcome === 'passed' || outcome === 'failed' ? true : null,
  ms: 1,
  cut: false,
  detail: '',
  ...more,
});
