import { describe, expect, it } from 'vitest';
import type { Evidence, Session, StalenessFinding, Trial, TrialOutcome } from '../evidence.ts';
import { GatePolicy } from '../policy.ts';
import type { VariantTally } from '../tally.ts';
import { noEvidence, makeTrial as trial } from '../testing/make-evidence.ts';
import { hiddenP, objectiveStage, rowsStage, sessionStep, stalenessStage } from './answer-stages.ts';

const policy = GatePolicy.parse({ minSessions: 3, maxSessions: 5 });

const session = (trials: Trial[], pairs = 0): Session => ({
  trials,
  pairs: Array.from({ length: pairs }, () => ({
    base: { ms: 2, cut: false },
    candidate: { ms: 1, cut: false },
  })),
  control: [],
  floorMs: null,
});
const evidence = (change: Partial<Evidence>): Evidence => ({
  ...noEvidence,
  variants: [
    { id: 'v', kind: 'visible', role: 'visible' },
    { id: 'h1', kind: 'decile', role: 'hidden' },
    { id: 'h2', kind: 'decile', role: 'hidden' },
    { id: 'g', kind: 'boundary', role: 'guard' },
  ],
  ...change,
});

describe('rows', () => {
  const rows = (...sessions: Session[]) => rowsStage(evidence({ sessions }), policy);
  const wrong = (arm: Trial['arm']) => trial(arm, 'h1', 'failed', { rowsEqual: false });

  it('fails on wrong rows of the candidate, and doubts the reference on those of the base', () => {
    expect(rows(session([trial('base', 'v', 'passed'), wrong('candidate')]))).toMatchObject({
      state: 'failed',
      reasons: [{ code: 'wrong-rows' }],
    });
    expect(rows(session([wrong('base')]))).toMatchObject({
      state: 'inconclusive',
      reasons: [{ code: 'error' }],
    });
    expect(rows(session([wrong('base'), wrong('candidate')])).state).toBe('failed');
    expect(rows(session([trial('base', 'v', 'passed')])).state).toBe('passed');
  });

  it('concludes nothing once more than a quarter of the trials were infrastructure errors', () => {
    const lost = (count: number) =>
      session(
        Array.from({ length: 4 }, (_, at) => trial('base', 'v', at < count ? 'infra_error' : 'passed')),
      );
    expect(rows(lost(1), lost(1), lost(1)).state).toBe('passed');
    expect(rows(lost(1), lost(1), lost(2)).state).toBe('inconclusive');
    // Too few sessions to say so.
    expect(rows(lost(2), lost(2)).state).toBe('passed');
  });

  it('asks for a first session', () => {
    expect(rows()).toMatchObject({ state: 'open', step: { do: 'session' } });
  });
});

describe('staleness', () => {
  const finding = (change: Partial<StalenessFinding>): StalenessFinding => ({
    variant: 'v',
    when: 'after-write',
    equal: true,
    lagMs: 3,
    limitS: 0,
    detail: '',
    ...change,
  });
  const state = (...changes: Partial<StalenessFinding>[]) =>
    stalenessStage(evidence({ staleness: changes.map(finding) })).state;

  it('asks for equal rows at once where no lag is declared', () => {
    expect(state({ equal: false })).toBe('failed');
    expect(state({ equal: true })).toBe('passed');
    expect(state({ equal: true, lagMs: 60_000 })).toBe('passed');
    expect(state({ equal: false, limitS: 10 })).toBe('passed');
    expect(state({ equal: true, lagMs: 60_000, limitS: 10 })).toBe('passed');
  });

  it('asks for equal rows after the refresh, and that it ends within the lag', () => {
    const when = 'after-refresh';
    expect(state({ when, equal: false, limitS: 10 })).toBe('failed');
    expect(state({ when, lagMs: 10_000, limitS: 10 })).toBe('passed');
    expect(state({ when, lagMs: 10_001, limitS: 10 })).toBe('failed');
    expect(state({ when, lagMs: 60_000, limitS: 0 })).toBe('passed');
  });

  it('names three at most, and is open before it was looked at', () => {
    const staleness = Array.from({ length: 5 }, () => finding({ equal: false }));
    expect(stalenessStage(evidence({ staleness })).reasons).toHaveLength(3);
    expect(stalenessStage(evidence({}))).toMatchObject({ state: 'open', step: { do: 'staleness' } });
  });
});

describe('objective', () => {
  type Outcomes = Partial<Record<string, TrialOutcome>>;
  const ran = (candidate: Outcomes = {}, base: Outcomes = {}) =>
    session(
      evidence({}).variants.flatMap(({ id, role }) => [
        trial('base', id, base[id] ?? (role === 'guard' ? 'passed' : 'failed')),
        trial('candidate', id, candidate[id] ?? 'passed'),
      ]),
    );
  const stage = (...sessions: Session[]) => objectiveStage(evidence({ sessions }), policy);

  it('passes a lift on every hidden variant after the planned sessions', () => {
    expect(stage(ran(), ran(), ran()).state).toBe('passed');
    expect(stage(ran(), ran())).toMatchObject({ state: 'open', step: { do: 'session' } });
  });

  it('fails at once where a variant can no longer pass most of the planned trials', () => {
    const missed = ran({ h1: 'failed' });
    expect(stage(missed).state).toBe('open');
    expect(stage(missed, missed)).toMatchObject({ state: 'failed', reasons: [{ code: 'below-objective' }] });
    const slow = ran({ g: 'failed' });
    expect(stage(slow, slow)).toMatchObject({ state: 'failed', reasons: [{ code: 'guard-slower' }] });
    const all = ran({ v: 'failed', h1: 'failed', h2: 'failed', g: 'failed' });
    expect(stage(all, all).reasons).toHaveLength(3);
  });

  it('fails on half of the trials: that is not most', () => {
    const [good, bad] = [ran(), ran({ v: 'failed' })];
    expect(stage(good, bad, good, bad).state).toBe('failed');
    expect(stage(good, bad, good, bad, good).state).toBe('passed');
  });

  it('fails without a lift of the hidden variants, whatever the others gained', () => {
    const none = ran({}, { h1: 'passed', h2: 'failed' });
    const same = ran({ h1: 'passed', h2: 'failed' }, { h1: 'passed', h2: 'failed' });
    expect(stage(same)).toMatchObject({ state: 'failed', reasons: [{ code: 'below-objective' }] });
    expect(stage(none).state).toBe('open');
  });

  it('counts a hidden variant for the lift once both arms have tried it', () => {
    const half = session([
      trial('candidate', 'h1', 'failed'),
      trial('base', 'h1', 'infra_error'),
      trial('candidate', 'v', 'passed'),
    ]);
    expect(stage(half).state).toBe('open');
  });

  it('never gives up on a base that passes what it failed at admission: the clock is another', () => {
    const both = ran({}, { h1: 'passed', h2: 'passed' });
    expect(stage(both, both, both).state).toBe('open');
    expect(stage(both, both, both, both, both)).toMatchObject({
      state: 'inconclusive',
      reasons: [{ code: 'noisy' }],
    });
  });

  it('says that trials lack once no session is left', () => {
    const lost = ran({ h1: 'infra_error' });
    expect(stage(lost, lost, lost, lost)).toMatchObject({ state: 'open' });
    expect(stage(lost, lost, lost, lost, lost)).toMatchObject({
      state: 'inconclusive',
      reasons: [{ code: 'too-few-trials' }],
    });
  });

  it('rejects a lift that is not significant once no session is left', () => {
    const flaky = ran({}, { h1: 'passed' });
    const clear = ran({ h1: 'passed', h2: 'passed' }, { h1: 'passed' });
    const weak = [flaky, flaky, clear, ran({ h2: 'failed' }, { h1: 'passed' }), ran({ h2: 'failed' })];
    const result = stage(...weak);
    expect(result).toMatchObject({ state: 'failed', reasons: [{ code: 'not-significant' }] });
    expect(stage(...weak.slice(0, 4)).state).toBe('open');
  });
});

describe('hiddenP', () => {
  const tally = (role: 'hidden' | 'visible', base: number, candidate: number, trials = 3): VariantTally => {
    const arm = (passes: number) => ({ trials, passes, wrong: 0, infraErrors: 0 });
    return { variant: { id: role, kind: 'decile', role }, base: arm(base), candidate: arm(candidate) };
  };

  it('is of the hidden variants alone: three of three against none of three is one in twenty', () => {
    expect(hiddenP([tally('hidden', 0, 3)])).toBeCloseTo(0.05, 10);
    expect(hiddenP([tally('hidden', 0, 3), tally('visible', 0, 3)])).toBeCloseTo(0.05, 10);
    expect(hiddenP([tally('hidden', 0, 3), tally('hidden', 0, 0, 0)])).toBeCloseTo(0.05, 10);
  });

  it('is null before any of them has a trial', () => {
    expect(hiddenP([tally('hidden', 0, 0, 0), tally('visible', 0, 3)])).toBe(null);
    expect(hiddenP([])).toBe(null);
  });
});

describe('sessionStep', () => {
  it('asks for as many pairs as the speed rule has room for, and never for fewer than none', () => {
    const step = (...pairs: number[]) =>
      sessionStep(
        evidence({ sessions: pairs.map((count) => session([], count)) }),
        GatePolicy.parse({ pairsPerSession: 5, speed: { maxPairs: 12 } }),
      );
    expect(step()).toEqual({ do: 'session', pairs: 5, controlPairs: 5 });
    expect(step(5, 5)).toEqual({ do: 'session', pairs: 2, controlPairs: 2 });
    expect(step(5, 5, 5)).toEqual({ do: 'session', pairs: 0, controlPairs: 0 });
  });
});
