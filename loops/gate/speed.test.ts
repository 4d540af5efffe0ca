import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpeedPolicy } from './policy.ts';
import { judgeSpeed, type SpeedSession } from './speed.ts';
import { sampler } from './testing/speed-sessions.ts';

const policy = SpeedPolicy.parse({});

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
