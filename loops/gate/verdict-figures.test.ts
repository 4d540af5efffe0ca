import { describe, expect, it } from 'vitest';
import type { Evidence } from './evidence.ts';
import { judgeCandidate } from './judge-candidate.ts';
import { GatePolicy } from './policy.ts';
import { accepted, pairs, session, trial } from './testing/accepted-evidence.ts';

const judge = (change: Partial<Evidence>, policy = GatePolicy.parse({})) =>
  judgeCandidate({ ...accepted, ...change }, policy);

describe('of a candidate that misses the objective alone, how much faster it was', () => {
  const failed = { v: 'failed', h1: 'failed', h2: 'failed' } as const;
  const lost = () => session(failed);

  it('is the median over what is no guard, and was right, in both arms', () => {
    const first = lost();
    for (const { arm, variant, ...one } of [...first.trials])
      if (variant === 'g') first.trials.push({ arm, variant, ...one, ms: arm === 'base' ? 9_000 : 1 });
    first.trials.push(
      trial('candidate', 'unpaired', 'failed', { ms: 1 }),
      trial('candidate', 'v', 'infra_error', { ms: 1 }),
      trial('candidate', 'h1', 'failed', { ms: null }),
    );
    expect(judge({ sessions: [first] })).toMatchObject({
      reasons: [{ code: 'below-objective' }],
      improved: 25,
    });
  });

  it.each([
    [25, 25],
    [25.1, null],
  ])('counts from the least ratio of the rule, %f, on', (minRatio, improved) => {
    const policy = GatePolicy.parse({ speed: { minRatio } });
    expect(judge({ sessions: [lost()] }, policy).improved).toBe(improved);
  });

  it('is not told where anything else is wrong as well, or it was accepted', () => {
    const database = [{ kind: 'schema', detail: 't' }] as const;
    expect(judge({ sessions: [lost()], database: [...database] }).improved).toBeNull();
    expect(judge({}).improved).toBeNull();
  });
});

describe('what a verdict tells of its costs', () => {
  it('is what the build said, and nothing of one that failed', () => {
    const build = { outcome: 'ok', addedBytes: 5, buildMs: 6, refreshMs: 7 } as const;
    expect(judge({ build }).costs).toMatchObject({ storageBytes: 5, buildMs: 6, refreshMs: 7, wallMs: 1000 });
    const none = { storageBytes: null, buildMs: null, refreshMs: null };
    expect(judge({ build: { outcome: 'failed', stage: 'apply', detail: '' } }).costs).toMatchObject(none);
    expect(judge({ build: null }).costs).toMatchObject(none);
  });

  it('is candidate over base for writes, and null without any', () => {
    expect(judge({ writes: pairs(0.5) }).costs.writeRatio).toBeCloseTo(2, 1);
    expect(judge({ writes: [] }).costs.writeRatio).toBeNull();
  });

  it('counts the trials that the infrastructure ended', () => {
    const broken = session({ h1: 'infra_error' }, { v: 'infra_error' });
    expect(judge({ sessions: [session(), broken, session()] }).costs.infraErrors).toBe(2);
  });
});

describe('what a verdict tells of its variants', () => {
  it('leaves guards out', () => {
    const sessions = [1, 2, 3].map(() => session({ g: 'failed', h2: 'failed' }, { v: 'passed' }));
    expect(judge({ sessions })).toMatchObject({
      variants: { total: 3, basePassed: 1, candidatePassed: 2 },
      cases: [{ id: 'c', base: 1 / 3, candidate: 2 / 3 }],
    });
    expect(judge({ variants: [] }).cases).toEqual([{ id: 'c', base: 0, candidate: 0 }]);
  });

  it('takes a variant for passed by more than half of its trials', () => {
    const sessions = [session(), session({ h1: 'failed' })];
    expect(judge({ sessions }).variants.candidatePassed).toBe(2);
    expect(judge({ sessions: [...sessions, session()] }).variants.candidatePassed).toBe(3);
  });
});

it('tells of guard queries other than its own, with a ratio where they were timed', () => {
  const guard = { checked: 'timed', rowsEqual: true, detail: '' } as const;
  const guards: Evidence['guards'] = [
    { ...guard, query: 'q', pairs: pairs(1, 3) },
    { ...guard, query: 'touched', pairs: pairs(2, 3), afterWrites: 'equal' },
    { ...guard, query: 'other', checked: 'unchanged-plan', pairs: [] },
  ];
  expect(judge({ guards }).guards).toEqual([
    {
      query: 'touched',
      checked: 'timed',
      rowsEqual: true,
      ratio: expect.closeTo(2, 1),
      afterWrites: 'equal',
    },
    { query: 'other', checked: 'unchanged-plan', rowsEqual: true, ratio: null, afterWrites: null },
  ]);
});

it('names what was not measured, and has no speed without a pair', () => {
  const { reasons, speed, verdict } = judge({ tests: null, database: null, sessions: [] });
  expect(verdict).toBe('inconclusive');
  expect(reasons).toEqual([
    { code: 'incomplete', detail: expect.stringMatching(/^not measured in full: \w+, \w+/) },
  ]);
  expect(reasons[0]?.detail).not.toContain('policy');
  expect(speed).toEqual([]);
  expect(judge({}).speed).toEqual([
    expect.objectContaining({ case: 'c', decision: 'faster', low99: expect.any(Number) }),
  ]);
});
