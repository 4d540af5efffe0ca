import type { Evidence, Session, TrialOutcome } from '../evidence.ts';
import type { Pair } from '../speed.ts';
import { makeTrial } from './make-evidence.ts';

export const variants = [
  { id: 'v', kind: 'visible', role: 'visible' },
  { id: 'h1', kind: 'decile', role: 'hidden' },
  { id: 'h2', kind: 'empty', role: 'hidden' },
  { id: 'g', kind: 'boundary', role: 'guard' },
] as const;

/** Pairs whose ratio base ÷ candidate is `ratio`, give or take one in a hundred. */
export const pairs = (ratio: number, count = 5): Pair[] =>
  Array.from({ length: count }, (_, i) => ({
    base: { ms: 100 * ratio * (1 + ((i % 3) - 1) / 100), cut: false },
    candidate: { ms: 100, cut: false },
  }));

export const trial: typeof makeTrial = (arm, variant, outcome, more = {}) =>
  makeTrial(arm, variant, outcome, { ms: arm === 'base' ? 500 : 20, ...more });

type Outcomes = Partial<Record<string, TrialOutcome>>;
export const session = (candidate: Outcomes = {}, base: Outcomes = {}, speed = 10): Session => ({
  trials: variants.flatMap(({ id, role }) => [
    trial('base', id, base[id] ?? (role === 'guard' ? 'passed' : 'failed')),
    trial('candidate', id, candidate[id] ?? 'passed'),
  ]),
  pairs: pairs(speed),
  control: pairs(1),
  floorMs: 1,
});

export const accepted: Evidence = {
  case: 'c',
  query: 'q',
  attempt: 1,
  objective: { ms: 50, calibrationFreezeMs: 10, calibrationNowMs: 12 },
  variants: [...variants],
  policy: [],
  build: { outcome: 'ok', addedBytes: 1000, buildMs: 10, refreshMs: null },
  tests: { outcome: 'passed', detail: '' },
  database: [],
  sessions: [session(), session(), session()],
  staleness: [{ variant: 'v', when: 'after-write', equal: true, lagMs: 3, limitS: 0, detail: '' }],
  guardQueries: ['other', 'touched'],
  guards: [
    { query: 'other', checked: 'unchanged-plan', rowsEqual: true, pairs: [], detail: '' },
    { query: 'touched', checked: 'timed', rowsEqual: true, pairs: pairs(1, 3), detail: '' },
  ],
  writes: pairs(1),
  costs: { wallMs: 1000, trials: 24 },
};
