import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose } from './choose.ts';
import { draws } from './testing/draws.ts';

const whole = fc.integer({ min: 0, max: 50 });

describe('choose', () => {
  it('counts draws', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 10 }), (n, k) => {
        expect(choose(n, k)).toBe(draws([...Array(n).keys()], k).length);
      }),
    );
  });

  it("keeps Pascal's rule, and is symmetric, exactly", () => {
    fc.assert(
      fc.property(whole, whole, (n, k) => {
        expect(choose(n + 1, k + 1)).toBe(choose(n, k) + choose(n, k + 1));
        if (k <= n) expect(choose(n, k)).toBe(choose(n, n - k));
      }),
    );
  });

  it('takes the short way to what is small', () => {
    expect(choose(5000, 4998)).toBe((5000 * 4999) / 2);
  });

  it('stays near where doubles are no longer exact', () => {
    const exact = (n: bigint, k: bigint): bigint => (k === 0n ? 1n : (exact(n, k - 1n) * (n - k + 1n)) / k);
    expect(choose(1000, 500) / Number(exact(1000n, 500n))).toBeCloseTo(1, 12);
  });

  it.each([
    [-1, 0],
    [3, -1],
    [2.5, 1],
    [3, 0.5],
    [Number.NaN, 1],
  ])('refuses C(%d, %d)', (n, k) => {
    expect(() => choose(n, k)).toThrow(RangeError);
  });
});
