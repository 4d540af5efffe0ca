import { describe, expect, it } from 'vitest';
import { SpeedPolicy } from './policy.ts';
import { estimateRange, judgeSpeed, type Pair, type SpeedSession, showsFaster } from './speed.ts';

const policy = SpeedPolicy.parse({});

const pair = (
  baseMs: number,
  candidateMs = 100,
  cut: { base?: boolean; candidate?: boolean } = {},
): Pair => ({
  base: { ms: baseMs, cut: cut.base ?? false },
  candidate: { ms: candidateMs, cut: cut.candidate ?? false },
});

/** A session without noise, of base ÷ candidate in its pairs and in its A/A control. */
function steady(
  ratio: number,
  { control = 1, pairs = 5, controls = 5, floorMs = null as number | null } = {},
) {
  return {
    pairs: Array.from({ length: pairs }, () => pair(100 * ratio)),
    control: Array.from({ length: controls }, () => pair(100 * control)),
    floorMs,
  } satisfies SpeedSession;
}
const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
const judge = (sessions: SpeedSession[], given: Partial<SpeedPolicy> = {}) =>
  judgeSpeed(sessions, { ...policy, ...given });

describe('the two thresholds of a speed-up', () => {
  it.each([
    [1.05, 1.03, true],
    [1.0499, 1.03, false],
    [1.05, 1.0201, true],
    [1.05, 1.02, false],
    [0.9, 1.5, false],
  ])('a ratio of %f with a lower bound of %f', (ratio, lower95, faster) => {
    expect(showsFaster({ ratio, lower95, upper95: 2, atLeast: false }, policy)).toBe(faster);
  });

  it('decide over sessions without noise', () => {
    const told = {
      sessions: 3,
      pairs: 15,
      ratio: 2,
      lower95: 2,
      upper95: 2,
      controlMedian: 1,
      atLeast: false,
    };
    expect(judge(times(3, steady(2)))).toEqual({
      ...told,
      decision: 'faster',
      detail: 'median 2.000, lower bound 2.000 over 15 pairs',
    });
    expect(judge(times(3, steady(2)), { minRatio: 2 }).decision).toBe('faster');
    expect(judge(times(3, steady(2)), { minRatio: 2, minLower95: 2 }).decision).toBe('more');
    expect(judge(times(3, steady(2)), { minRatio: 2.001 }).decision).toBe('not_faster');
  });
});

describe('more is asked for', () => {
  it('below the least sessions or pairs, and once no pair remains it is noise', () => {
    expect(judge(times(2, steady(2, { pairs: 10, controls: 10 })))).toMatchObject({
      decision: 'more',
      detail: '20 pairs in 2 sessions',
    });
    expect(judge(times(3, steady(2, { pairs: 4 })))).toMatchObject({ decision: 'more', pairs: 12 });
    expect(judge(times(2, steady(2)), { maxPairs: 10 }).decision).toBe('noisy');
    expect(judge(times(2, steady(2)), { maxPairs: 11 }).decision).toBe('more');
  });

  it('below the least pairs of the control', () => {
    const few = times(3, steady(2, { controls: 4 }));
    expect(judge(few)).toMatchObject({ decision: 'more', detail: '12 A/A pairs' });
    expect(judge(few, { maxPairs: 15 }).decision).toBe('noisy');
    expect(judge(times(3, steady(2, { controls: 0 })))).toMatchObject({
      decision: 'more',
      controlMedian: null,
    });
  });

  it('where a quarter of the sessions or less is against it, it is not', () => {
    expect(judge([...times(3, steady(2)), steady(1)]).decision).toBe('faster');
    const split = judge([...times(3, steady(2)), steady(1), steady(0.9)]);
    expect(split).toMatchObject({
      decision: 'more',
      detail: expect.stringMatching(/; 2 of 5 sessions show no gain$/),
    });
    expect(judge([...times(3, steady(2)), steady(1), steady(0.9)], { maxPairs: 25 }).decision).toBe(
      'not_faster',
    );
  });

  it('where the control is noisy and the lower bound is below the ratio asked for, until no pair remains', () => {
    const swings = [0.93, 0.97, 1, 1.03, 1.075].map((ratio) => pair(100 * ratio));
    const pairs = [1.03, 1.04, 1.06, 1.09, 1.1].map((ratio) => pair(100 * ratio));
    const sessions = times(3, { pairs, control: swings, floorMs: null });
    expect(judge(sessions)).toMatchObject({ decision: 'more', ratio: expect.closeTo(1.06, 6) });
    expect(judge(sessions).lower95).toBeGreaterThan(1.02);
    expect(judge(sessions, { maxPairs: 15 }).decision).toBe('faster');
    expect(judge(sessions, { maxPairedSd: 0.06 }).decision).toBe('faster');
  });
});

describe('the A/A control', () => {
  it('may be off by the shift allowed and no more', () => {
    expect(judge(times(3, steady(2, { control: 1.029 }))).decision).toBe('faster');
    expect(judge(times(3, steady(2, { control: 1.031 })))).toMatchObject({
      decision: 'noisy',
      detail: 'A against A is off by 3.1 % over 15 pairs (paired sd 0.0 %)',
    });
    expect(judge(times(3, steady(2, { control: 1 / 1.032 }))).decision).toBe('noisy');
  });

  it('asks for more where chance explains its shift, until no pair remains', () => {
    const control = [0.9, 1.03, 1.04, 1.05, 1.07].map((ratio) => pair(100 * ratio));
    const sessions = times(3, { ...steady(2), control });
    expect(judge(sessions)).toMatchObject({
      decision: 'more',
      detail: expect.stringContaining('off by 4.0 %'),
    });
    expect(judge(sessions, { maxPairs: 15 }).decision).toBe('noisy');
  });

  it.each([1.3, 1 / 1.3])(
    'of three pairs or more voids its session when it moves, either way: %f',
    (control) => {
      const moved = steady(2, { control, controls: 3 });
      expect(judge([...times(2, steady(2)), moved])).toMatchObject({
        decision: 'more',
        sessions: 2,
        detail: '10 pairs in 2 sessions, 1 void because their A/A control moved',
      });
      expect(judge([...times(2, steady(2)), steady(2, { control, controls: 2 })])).toMatchObject({
        sessions: 3,
      });
    },
  );

  it('of a session without pairs counts for nothing', () => {
    const empty = steady(2, { pairs: 0, control: 1.3 });
    expect(judge([...times(3, steady(2)), empty])).toEqual(judge(times(3, steady(2))));
  });
});

describe('what is implausible', () => {
  it('is faster than an empty round trip, by its median, in any session', () => {
    expect(judge([...times(2, steady(2)), steady(2, { floorMs: 100.5 })])).toMatchObject({
      decision: 'implausible',
      detail: 'a median of 100 ms is less than an empty round trip, 101 ms',
    });
    expect(judge(times(3, steady(2, { floorMs: 100 }))).decision).toBe('faster');
    expect(judge([{ ...steady(2, { pairs: 0 }), floorMs: 200 }])).toMatchObject({ decision: 'more' });
  });
});

describe('the range that is told of a speed-up', () => {
  it('is of the sessions that are not void', () => {
    expect(estimateRange(times(3, steady(2)), policy)).toEqual({ low99: 2, high99: 2 });
    const voided = steady(9, { control: 2 });
    expect(estimateRange([steady(2), voided, steady(9, { pairs: 0 })], policy)).toEqual({
      low99: 2,
      high99: 2,
    });
    const none = { low99: null, high99: null };
    expect(estimateRange([voided], policy)).toEqual(none);
    expect(estimateRange([], policy)).toEqual(none);
  });

  it('has no upper end where the base was cut', () => {
    const cut = { ...steady(2), pairs: times(5, pair(200, 100, { base: true })) };
    expect(estimateRange([cut], policy)).toEqual({ low99: 2, high99: null });
  });
});
