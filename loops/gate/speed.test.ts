import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpeedPolicy } from './policy.ts';
import { judgeSpeed, type Pair, type SpeedSession } from './speed.ts';
import { seededRandom } from './statistics/seeded-random.ts';

const policy = SpeedPolicy.parse({});

/** Normal noise of standard deviation `sd` on the logarithm of every sample. */
function sampler(seed: number, sd: number) {
  const random = seededRandom(seed);
  const noise = () => sd * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const sample = (ms: number) => ({ ms: ms * Math.exp(noise()), cut: false });
  const pair = (baseMs: number, candidateMs: number): Pair => ({
    base: sample(baseMs),
    candidate: sample(candidateMs),
  });
  return (ratio: number): SpeedSession => ({
    pairs: Array.from({ length: 5 }, () => pair(100 * ratio, 100)),
    control: Array.from({ length: 5 }, () => pair(100, 100)),
    floorMs: 1,
  });
}

function sessionsUntilDecided(seed: number, sd: number, ratio: number) {
  const session = sampler(seed, sd);
  const sessions: SpeedSession[] = [];
  for (;;) {
    sessions.push(session(ratio));
    const result = judgeSpeed(sessions, policy);
    if (result.decision !== 'more') return result;
  }
}

const three = (ratio: number, sd = 0.01, seed = 1) => {
  const session = sampler(seed, sd);
  return [session(ratio), session(ratio), session(ratio)];
};

describe('judgeSpeed', () => {
  it('asks for three sessions and fifteen pairs before it says anything', () => {
    expect(judgeSpeed([], policy)).toMatchObject({ decision: 'more', ratio: null, pairs: 0 });
    expect(judgeSpeed(three(10).slice(0, 2), policy)).toMatchObject({
      decision: 'more',
      sessions: 2,
      pairs: 10,
    });
  });

  it('accepts 10×, with its figures', () => {
    const result = judgeSpeed(three(10), policy);
    expect(result).toMatchObject({ decision: 'faster', pairs: 15, sessions: 3, atLeast: false });
    expect(result.ratio).toBeCloseTo(10, 0);
    expect(result.lower95).toBeGreaterThan(9.5);
    expect(result.upper95).toBeLessThan(10.5);
    expect(result.controlMedian).toBeCloseTo(1, 1);
  });

  it('a paired standard deviation over 5 % is no reason for more pairs of a 10× speed-up', () => {
    expect(judgeSpeed(three(10, 0.04, 5), policy)).toMatchObject({ decision: 'faster', pairs: 15 });
  });

  it('refuses 1.04× and a slow-down', () => {
    expect(judgeSpeed(three(1.03, 0.005), policy).decision).toBe('not_faster');
    expect(judgeSpeed(three(0.5), policy).decision).toBe('not_faster');
  });

  it('takes cut base samples as a lower bound, and leaves the upper one open', () => {
    const cut = three(10).map((session) => ({
      ...session,
      pairs: session.pairs.map(({ candidate }) => ({ base: { ms: 1000, cut: true }, candidate })),
    }));
    const result = judgeSpeed(cut, policy);
    expect(result).toMatchObject({ decision: 'faster', atLeast: true, upper95: null });
    expect(result.ratio).toBeGreaterThan(9);
  });

  it('never takes a cut candidate for faster', () => {
    const cut = three(10).map((session) => ({
      ...session,
      pairs: session.pairs.map(({ base }) => ({ base, candidate: { ms: 1, cut: true } })),
    }));
    expect(
      judgeSpeed(
        cut.map((session) => ({ ...session, floorMs: null })),
        policy,
      ).decision,
    ).not.toBe('faster');
  });

  it('is noisy when A against A is steadily off by 5 %', () => {
    const off = three(10, 0.005).map((session) => ({
      ...session,
      control: session.control.map(({ base, candidate }) => ({
        base: { ...base, ms: base.ms * 1.04 },
        candidate,
      })),
    }));
    expect(judgeSpeed(off, policy).decision).toBe('noisy');
  });

  it('voids a session whose own control would be accepted as a change', () => {
    const [first, ...rest] = three(10, 0.005);
    const moved = {
      ...first,
      control: first?.control.map(({ base, candidate }) => ({ base: { ...base, ms: 130 }, candidate })),
    };
    const result = judgeSpeed([moved as SpeedSession, ...rest], policy);
    expect(result).toMatchObject({ decision: 'more', sessions: 2, pairs: 10 });
    expect(result.detail).toContain('1 void');
  });

  it('quarantines what is faster than an empty round trip', () => {
    const result = judgeSpeed(
      three(1000).map((session) => ({ ...session, floorMs: 200 })),
      policy,
    );
    expect(result.decision).toBe('implausible');
    expect(result.detail).toContain('empty round trip');
  });

  it('asks for another session when sessions disagree', () => {
    const slower = sampler(9, 0.01)(0.9);
    const result = judgeSpeed([...three(1.5), slower, slower], policy);
    expect(result.decision).toBe('more');
    expect(result.detail).toContain('2 of 5 sessions');
  });

  it('accepts A = B in at most 2 % of noisy runs, looked at again and again', { timeout: 60_000 }, () => {
    const accepted = Array.from({ length: 150 }, (_, i) => sessionsUntilDecided(i + 1, 0.07, 1)).filter(
      ({ decision }) => decision === 'faster',
    );
    expect(accepted.length).toBeLessThanOrEqual(3);
  });

  it('finds a true 1.10× in at least 95 % of runs, in about 20 pairs', { timeout: 60_000 }, () => {
    const runs = Array.from({ length: 100 }, (_, i) => sessionsUntilDecided(i + 1000, 0.03, 1.1));
    expect(runs.filter(({ decision }) => decision === 'faster').length).toBeGreaterThanOrEqual(95);
    expect(runs.reduce((sum, { pairs }) => sum + pairs, 0) / runs.length).toBeLessThanOrEqual(20);
  });

  it('does not depend on the order of pairs or sessions; swapping the arms never makes both faster', () => {
    const cheap = { ...policy, draws: 200 };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0.8, max: 1.25, noNaN: true }),
        (seed, ratio) => {
          const sessions = three(ratio, 0.05, seed);
          const result = judgeSpeed(sessions, cheap);
          const turned = sessions
            .map((session) => ({ ...session, pairs: [...session.pairs].reverse() }))
            .reverse();
          expect(judgeSpeed(turned, cheap)).toEqual(result);
          const swapped = sessions.map((session) => ({
            ...session,
            pairs: session.pairs.map(({ base, candidate }) => ({ base: candidate, candidate: base })),
          }));
          expect(
            [result.decision, judgeSpeed(swapped, cheap).decision].filter((d) => d === 'faster').length,
          ).toBeLessThan(2);
          if (result.ratio !== null) {
            expect(result.lower95).toBeLessThanOrEqual(result.ratio);
            expect(result.upper95).toBeGreaterThanOrEqual(result.ratio);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
