import { describe, expect, it } from 'vitest';
import type { Evidence, GuardEvidence, Session } from '../evidence.ts';
import { GatePolicy } from '../policy.ts';
import type { Pair } from '../speed.ts';
import { noEvidence } from '../testing/make-evidence.ts';
import { guardsStage, speedStage, storageStage, writesStage } from './cost-stages.ts';

const policy = GatePolicy.parse({
  maxSessions: 3,
  guardPairs: 3,
  writePairs: 4,
  writeSlowdown: 2,
  storageBytes: 1000,
  speed: { minPairs: 9, maxPairs: 30, draws: 200 },
});
/** A candidate that takes `times` as long as the base. */
const pairs = (count: number, times = 1): Pair[] =>
  Array.from({ length: count }, () => ({
    base: { ms: 10, cut: false },
    candidate: { ms: 10 * times, cut: false },
  }));
const evidence = (change: Partial<Evidence>): Evidence => ({ ...noEvidence, ...change });

describe('guards', () => {
  const guard = (
    query: string,
    count: number,
    times = 1,
    more: Partial<GuardEvidence> = {},
  ): GuardEvidence => ({
    query,
    checked: 'timed',
    rowsEqual: true,
    pairs: pairs(count, times),
    detail: '',
    ...more,
  });
  const stage = (guards: GuardEvidence[], guardQueries = guards.map(({ query }) => query)) =>
    guardsStage(evidence({ guards, guardQueries }), policy);

  it('passes where there is none, and where each was looked at', () => {
    expect(stage([]).state).toBe('passed');
    expect(stage([guard('a', 3), guard('b', 3, 0.5)]).state).toBe('passed');
    expect(stage([guard('a', 0, 1, { checked: 'unchanged-plan' })]).state).toBe('passed');
    expect(stage([guard('a', 0, 1, { rowsEqual: null })]).state).toBe('passed');
  });

  it('fails on other rows, and on what is slower in the full look', () => {
    expect(stage([guard('a', 0, 1, { rowsEqual: false })])).toMatchObject({
      state: 'failed',
      reasons: [{ code: 'guard-wrong' }],
    });
    expect(stage([guard('b', 3), guard('a', 9, 1.5)])).toMatchObject({
      state: 'failed',
      reasons: [{ code: 'guard-slower', detail: expect.stringMatching(/^a takes 1\.50×/) }],
    });
    expect(stage([guard('a', 9, 1.04)]).state).toBe('passed');
  });

  it('has what may lag behind compared after writes, once it is fast enough', () => {
    const pending = { afterWrites: 'pending' } as const;
    expect(stage([guard('a', 3, 1, pending), guard('b', 3, 2, pending)]).step).toMatchObject({
      do: 'guards',
      queries: ['b'],
    });
    expect(stage([guard('a', 3, 1, pending), guard('b', 3), guard('c', 3, 1, pending)]).step).toEqual({
      do: 'guard-writes',
      queries: ['a', 'c'],
    });
    for (const afterWrites of ['equal', 'unshown'] as const)
      expect(stage([guard('a', 3, 1, { afterWrites })]).state).toBe('passed');
    expect(stage([guard('a', 3, 1, { afterWrites: 'other', detail: 'row 1' })])).toMatchObject({
      state: 'failed',
      reasons: [{ code: 'guard-stale', detail: expect.stringMatching(/^a: .*: row 1$/) }],
    });
    const own = guard(noEvidence.query, 0, 1, { checked: 'unchanged-plan', afterWrites: 'other' });
    expect(stage([own])).toMatchObject({ state: 'failed', reasons: [{ code: 'stale' }] });
  });

  it('takes the first look at those that had none', () => {
    expect(stage([guard('a', 3)], ['a', 'b', 'c'])).toMatchObject({
      state: 'open',
      step: { do: 'guards', queries: ['b', 'c'], pairs: 3 },
    });
    expect(stage([guard('a', 2)]).step).toEqual({ do: 'guards', queries: ['a'], pairs: 3 });
    expect(stage([guard('a', 0)]).step).toEqual({ do: 'guards', queries: ['a'], pairs: 3 });
  });

  it('looks longer at what looks slower, the shortest look first', () => {
    expect(stage([guard('a', 3, 2)]).step).toEqual({ do: 'guards', queries: ['a'], pairs: 6 });
    expect(stage([guard('a', 6, 2)]).step).toEqual({ do: 'guards', queries: ['a'], pairs: 9 });
    expect(stage([guard('a', 8, 2)]).step).toEqual({ do: 'guards', queries: ['a'], pairs: 9 });
    expect(stage([guard('a', 3, 2), guard('b', 3, 2), guard('c', 6, 2)], ['a', 'b', 'c', 'd']).step).toEqual({
      do: 'guards',
      queries: ['d'],
      pairs: 3,
    });
    expect(stage([guard('a', 3, 2), guard('b', 3, 2), guard('c', 6, 2)]).step).toMatchObject({
      queries: ['a', 'b'],
      pairs: 6,
    });
  });

  it('lets off at the first look what is hardly slower, and later only what is no slower at all', () => {
    expect(stage([guard('a', 3, 1.04)]).state).toBe('passed');
    expect(stage([guard('a', 3, 1.06)]).state).toBe('open');
    expect(stage([guard('a', 6, 1.04)]).state).toBe('open');
    expect(stage([guard('a', 6, 1.01)]).state).toBe('passed');
  });
});

describe('writes', () => {
  const stage = (writes: Pair[]) => writesStage(evidence({ writes }), policy);

  it('takes what is no slower than the limit', () => {
    expect(stage(pairs(4, 2)).state).toBe('passed');
    expect(stage(pairs(9, 0.5)).state).toBe('passed');
  });

  it('measures in full before it fails what is slower', () => {
    expect(stage(pairs(3))).toMatchObject({ state: 'open', step: { do: 'writes', pairs: 4 } });
    expect(stage(pairs(4, 3))).toMatchObject({ state: 'open', step: { do: 'writes', pairs: 9 } });
    expect(stage(pairs(9, 3))).toMatchObject({ state: 'failed', reasons: [{ code: 'write-cost' }] });
  });
});

describe('storage', () => {
  it('takes so many bytes, and no more', () => {
    const stage = (addedBytes: number) =>
      storageStage(evidence({ build: { outcome: 'ok', addedBytes, buildMs: 1, refreshMs: null } }), policy);
    expect(stage(1000).state).toBe('passed');
    expect(stage(1001)).toMatchObject({ state: 'failed', reasons: [{ code: 'storage' }] });
  });

  it('is open until something was built', () => {
    expect(storageStage(evidence({}), policy)).toMatchObject({ state: 'open', step: { do: 'build' } });
  });
});

describe('speed', () => {
  const session = (count: number): Session => ({
    trials: [],
    pairs: pairs(count, 0.5),
    control: pairs(count),
    floorMs: null,
  });
  const state = (...sessions: Session[]) => speedStage(evidence({ sessions }), policy);

  it('asks for sessions while there are any, and then says that it is noisy', () => {
    expect(state(session(1))).toMatchObject({ state: 'open', step: { do: 'session' } });
    expect(state(session(1), session(1))).toMatchObject({ state: 'open' });
    expect(state(session(1), session(1), session(1))).toMatchObject({
      state: 'inconclusive',
      reasons: [{ code: 'noisy' }],
    });
    expect(state(session(3), session(3), session(3)).state).toBe('passed');
  });
});
