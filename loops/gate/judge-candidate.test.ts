import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Evidence, scaledObjectiveMs, scoreTrial, type TrialOutcome } from './evidence.ts';
import { judgeCandidate } from './judge-candidate.ts';
import { planNext } from './plan-next.ts';
import { GatePolicy } from './policy.ts';
import { reachable } from './reachable.ts';
import type { Pair } from './speed.ts';
import { accepted, pairs, session, trial, variants } from './testing/accepted-evidence.ts';
import { Verdict } from './verdict.ts';

const policy = GatePolicy.parse({});
const nothing: Evidence = {
  ...accepted,
  policy: null,
  build: null,
  tests: null,
  database: null,
  sessions: [],
  staleness: null,
  guards: [],
  writes: [],
};

const judge = (change: Partial<Evidence>) => judgeCandidate({ ...accepted, ...change }, policy);
const codes = (change: Partial<Evidence>) => [
  judge(change).verdict,
  ...judge(change).reasons.map(({ code }) => code),
];

it('accepts what passes every stage, with its figures', () => {
  const verdict = judgeCandidate(Evidence.parse(accepted), policy);
  expect(Verdict.parse(verdict)).toMatchObject({
    verdict: 'accepted',
    reasons: [],
    cases: [{ id: 'c', base: 0, candidate: 1 }],
    variants: { total: 3, basePassed: 0, candidatePassed: 3 },
    level: 0.025,
    objectiveMs: 60,
    improved: null,
    costs: { storageBytes: 1000, buildMs: 10, infraErrors: 0, writeRatio: expect.closeTo(1, 2) },
  });
  expect(verdict.p).toBeCloseTo(1 / 400, 10);
  expect(verdict.speed[0]?.ratio).toBeCloseTo(10, 1);
  expect(planNext(accepted, policy)).toEqual({ do: 'decided' });
});

describe('rejects', () => {
  const ok = accepted.sessions;
  it.each<[string, Partial<Evidence>, string]>([
    [
      'what the static policy found',
      { policy: [{ code: 'tests-changed', path: 'test/a', rule: 'r' }] },
      'tests-changed',
    ],
    [
      'a patch that does not apply',
      { build: { outcome: 'failed', stage: 'apply', detail: '' } },
      'does-not-apply',
    ],
    ['a failed migration', { build: { outcome: 'failed', stage: 'migrate', detail: '' } }, 'build-failed'],
    ['failing tests', { tests: { outcome: 'failed', detail: '' } }, 'tests-failed'],
    ['changed settings', { database: [{ kind: 'settings', detail: 'fsync' }] }, 'settings-changed'],
    ['a dropped constraint', { database: [{ kind: 'schema', detail: 't' }] }, 'schema-changed'],
    [
      'stale rows where no lag is declared',
      { staleness: [{ variant: 'v', when: 'after-write', equal: false, lagMs: 1, limitS: 0, detail: '' }] },
      'stale',
    ],
    [
      'stale rows after the refresh',
      {
        staleness: [{ variant: 'v', when: 'after-refresh', equal: false, lagMs: 1, limitS: 60, detail: '' }],
      },
      'stale',
    ],
    [
      'a refresh that takes longer than the declared lag',
      {
        staleness: [
          { variant: 'v', when: 'after-refresh', equal: true, lagMs: 61_000, limitS: 60, detail: '' },
        ],
      },
      'stale',
    ],
    [
      'a hidden variant that misses the objective',
      { sessions: ok.map(() => session({ h1: 'failed' })) },
      'below-objective',
    ],
    [
      'a visible case that times out',
      { sessions: ok.map(() => session({ v: 'timed_out' })) },
      'below-objective',
    ],
    ['forged reports', { sessions: ok.map(() => session({ h2: 'invalid' })) }, 'below-objective'],
    [
      'a guard variant that passes no more',
      { sessions: ok.map(() => session({ g: 'failed' })) },
      'guard-slower',
    ],
    ['no speed-up', { sessions: ok.map(() => session({}, {}, 1)) }, 'no-faster'],
    [
      'another query with other rows',
      { guards: [{ query: 'other', checked: 'timed', rowsEqual: false, pairs: [], detail: 'row 1' }] },
      'guard-wrong',
    ],
    [
      'another query that takes twice as long',
      { guards: [{ query: 'other', checked: 'timed', rowsEqual: true, pairs: pairs(0.5, 15), detail: '' }] },
      'guard-slower',
    ],
    ['writes three times as slow', { writes: pairs(1 / 3, 15) }, 'write-cost'],
    [
      'too much disk',
      { build: { outcome: 'ok', addedBytes: 2 ** 31, buildMs: 1, refreshMs: null } },
      'storage',
    ],
  ])('%s', (_, change, code) => {
    expect(codes(change)).toEqual(['rejected', code]);
    expect(planNext({ ...accepted, ...change }, policy)).toEqual({ do: 'decided' });
  });

  it('wrong rows at the first session, whatever else was measured', () => {
    const first = session();
    first.trials.push(
      trial('candidate', 'h1', 'failed', {
        rowsEqual: false,
        detail: 'row 1: column "n": expected 1, got 2',
      }),
    );
    const evidence = { ...nothing, policy: [], build: accepted.build, database: [], sessions: [first] };
    expect(judgeCandidate(evidence, policy)).toMatchObject({
      verdict: 'rejected',
      reasons: [{ code: 'wrong-rows' }],
    });
    expect(planNext(evidence, policy)).toEqual({ do: 'decided' });
  });

  it('a candidate without lift after one session, and says how much faster its trials were', () => {
    const lost = session({ v: 'failed', h1: 'failed', h2: 'failed' });
    const verdict = judge({ sessions: [lost] });
    expect(verdict).toMatchObject({ verdict: 'rejected', reasons: [{ code: 'below-objective' }] });
    expect(verdict.improved).toBeCloseTo(25, 5);
  });

  it('what is not significant once no session is left', () => {
    const both = (outcome: 'passed' | 'failed') => ({ h1: outcome, h2: outcome });
    const weak = Array.from({ length: 10 }, (_, i) =>
      session(i < 6 ? {} : both('failed'), i < 5 ? both('passed') : {}),
    );
    expect(codes({ sessions: weak })).toEqual(['rejected', 'not-significant']);
  });
});

describe('is inconclusive', () => {
  it.each<[string, Partial<Evidence>, string]>([
    ['before everything was measured', nothing, 'incomplete'],
    ['where no outcome could be accepted', { attempt: 20, variants: [variants[0]] }, 'too-few-trials'],
    [
      'when a machine is noisy',
      { sessions: accepted.sessions.map((one) => ({ ...one, control: pairs(1.04) })) },
      'noisy',
    ],
    [
      'about the implausible',
      { sessions: accepted.sessions.map((one) => ({ ...one, floorMs: 200 })) },
      'implausible',
    ],
  ])('%s', (_, change, code) => {
    expect(codes(change)).toEqual(['inconclusive', code]);
  });

  it('when the base passes what it failed at admission, session after session: its clock is not this one', () => {
    const inflated = session({}, { h1: 'passed', h2: 'passed' });
    expect(planNext({ ...accepted, sessions: [inflated] }, policy)).toMatchObject({ do: 'session' });
    const all = Array.from({ length: policy.maxSessions }, () => inflated);
    expect(codes({ sessions: all })).toEqual(['inconclusive', 'noisy']);
    // One such session among good ones costs another session, and no verdict.
    const mixed = [inflated, session(), session(), session()];
    expect(judge({ sessions: mixed }).verdict).toBe('accepted');
  });

  it('when the base itself is wrong, or the infrastructure fails too often', () => {
    const wrongBase = session();
    wrongBase.trials.push(trial('base', 'h1', 'failed', { rowsEqual: false }));
    expect(codes({ sessions: [wrongBase] })).toEqual(['inconclusive', 'error']);
    const broken = session({ v: 'infra_error', h1: 'infra_error', h2: 'infra_error' });
    expect(codes({ sessions: [broken, broken, broken] })).toEqual(['inconclusive', 'error']);
  });

  it('never counts an infrastructure error as a failure: it asks for another session', () => {
    const evidence = { ...accepted, sessions: [session(), session(), session({ h1: 'infra_error' })] };
    expect(judgeCandidate(evidence, policy).reasons).toEqual([
      { code: 'incomplete', detail: expect.stringContaining('objective') },
    ]);
    expect(planNext(evidence, policy)).toMatchObject({ do: 'session' });
    expect(judgeCandidate({ ...evidence, sessions: [...evidence.sessions, session()] }, policy).verdict).toBe(
      'accepted',
    );
  });
});

describe('planNext', () => {
  it('goes from the cheapest to the dearest, and ends decided', () => {
    const done: string[] = [];
    let evidence = nothing;
    for (;;) {
      const step = planNext(evidence, policy);
      done.push(step.do);
      if (step.do === 'decided' || step.do === 'guard-writes') break;
      if (step.do === 'session') evidence = { ...evidence, sessions: [...evidence.sessions, session()] };
      else evidence = { ...evidence, [step.do]: accepted[step.do] };
    }
    expect(done.join(' ')).toBe(
      'policy build database session staleness session session guards tests writes decided',
    );
    expect(judgeCandidate(evidence, policy).verdict).toBe('accepted');
  });

  it('refuses before it spends anything on what cannot be accepted', () => {
    expect(planNext({ ...nothing, attempt: 20, variants: [variants[0]] }, policy)).toEqual({ do: 'decided' });
  });

  it('looks longer at a guard for as long as it looks slower', () => {
    const guarded = (seen: Pair[]) => ({
      ...accepted,
      guardQueries: ['other'],
      guards: [{ query: 'other', checked: 'timed' as const, rowsEqual: true, pairs: seen, detail: '' }],
    });
    const look = (seen: Pair[]) => planNext(guarded(seen), policy);
    expect(look(pairs(0.8, 3))).toEqual({ do: 'guards', queries: ['other'], pairs: 6 });
    expect(look(pairs(0.8, 12))).toEqual({ do: 'guards', queries: ['other'], pairs: 15 });
    expect(judgeCandidate(guarded(pairs(0.8, 15)), policy).reasons[0]?.code).toBe('guard-slower');
    // What looked slower by chance is let off as soon as it looks so no more, and not by the first look's margin.
    expect(look([...pairs(0.8, 3), ...pairs(1, 6)])).toEqual({ do: 'decided' });
    expect(look(pairs(0.96, 6))).toEqual({ do: 'guards', queries: ['other'], pairs: 9 });
    expect(look(pairs(0.96, 3))).toEqual({ do: 'decided' });
  });

  it('grows the trials of a flaky variant within the budget', () => {
    const flaky = [session(), session({ h1: 'failed' }), session()];
    const once = { ...accepted, variants: variants.filter(({ id }) => id !== 'h2'), sessions: flaky };
    expect(reachable(1, 1, policy)).toEqual({ level: 0.025, sessions: 4, smallestP: 1 / 70, possible: true });
    expect(planNext(once, policy)).toMatchObject({ do: 'session' });
    const four = { ...once, sessions: [...flaky, session()] };
    expect(judgeCandidate(four, policy).p).toBeGreaterThan(0.025);
    expect(planNext(four, policy)).toMatchObject({ do: 'session' });
    const six = { ...once, sessions: [...flaky, session(), session(), session()] };
    expect(judgeCandidate(six, policy).verdict).toBe('accepted');
  });

  it('wants no more pairs than the rule has room for', () => {
    const many = Array.from({ length: 8 }, () => session({ h2: 'infra_error' }));
    expect(planNext({ ...accepted, sessions: many }, policy)).toMatchObject({
      do: 'session',
      pairs: 0,
      controlPairs: 0,
    });
  });
});

it('scores a trial: right rows within the objective; limits and crashes fail, infrastructure does not', () => {
  expect(scoreTrial({ ended: 'answered', rowsEqual: true, ms: 50 }, 50)).toBe('passed');
  expect(scoreTrial({ ended: 'answered', rowsEqual: true, ms: 51 }, 50)).toBe('failed');
  expect(scoreTrial({ ended: 'answered', rowsEqual: false, ms: 1 }, 50)).toBe('failed');
  expect(scoreTrial({ ended: 'cut', ms: 150 }, 50)).toBe('timed_out');
  expect(scoreTrial({ ended: 'crashed' }, 50)).toBe('failed');
  expect(scoreTrial({ ended: 'forged' }, 50)).toBe('invalid');
  expect(scoreTrial({ ended: 'infrastructure' }, 50)).toBe('infra_error');
  expect(scaledObjectiveMs({ ms: 50, calibrationFreezeMs: 10, calibrationNowMs: 20 })).toBe(100);
});

const outcome = fc.constantFrom<TrialOutcome[]>('passed', 'failed', 'timed_out', 'invalid', 'infra_error');
const anySession = fc
  .record({ v: outcome, h1: outcome, h2: outcome, g: outcome })
  .chain((candidate) => outcome.map((base) => session(candidate, { h1: base })));

describe('properties', () => {
  // They hold for any number of draws, and fewer are sooner done.
  const cheap = GatePolicy.parse({ speed: { draws: 100 } });
  const cheaply = (change: Partial<Evidence>) => judgeCandidate({ ...accepted, ...change }, cheap);

  it('does not depend on the order of sessions, trials, variants', () => {
    fc.assert(
      fc.property(fc.array(anySession, { maxLength: 5 }), (sessions) => {
        const turned = sessions.map((one) => ({ ...one, trials: [...one.trials].reverse() })).reverse();
        const there = cheaply({ sessions });
        const back = cheaply({ sessions: turned, variants: [...variants].reverse() });
        expect(back.verdict).toBe(there.verdict);
        expect(back.variants).toEqual(there.variants);
        expect(back.p ?? 0).toBeCloseTo(there.p ?? 0, 12);
      }),
      { numRuns: 60 },
    );
  });

  it('a passed candidate trial turned into a failure never brings an acceptance', () => {
    fc.assert(
      fc.property(fc.array(anySession, { minLength: 3, maxLength: 5 }), fc.nat(), (sessions, at) => {
        fc.pre(cheaply({ sessions }).verdict !== 'accepted');
        const index = at % sessions.length;
        const worse = sessions.map((one, i) =>
          i === index
            ? {
                ...one,
                trials: one.trials.map((t) =>
                  t.arm === 'candidate' && t.outcome === 'passed' ? { ...t, outcome: 'failed' as const } : t,
                ),
              }
            : one,
        );
        expect(cheaply({ sessions: worse }).verdict).not.toBe('accepted');
      }),
      { numRuns: 60 },
    );
  });

  it('accepts nothing unless the visible case and every variant pass most of their trials', () => {
    fc.assert(
      fc.property(fc.array(anySession, { maxLength: 6 }), (sessions) => {
        const { verdict, variants: counts, p, level } = cheaply({ sessions });
        if (verdict !== 'accepted') return;
        expect(counts.candidatePassed).toBe(counts.total);
        expect(p).toBeLessThanOrEqual(level);
      }),
      { numRuns: 60 },
    );
  });
});
