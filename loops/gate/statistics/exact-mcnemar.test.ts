import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactCmh } from './exact-cmh.ts';
import { exactMcnemar } from './exact-mcnemar.ts';

const count = fc.integer({ min: 0, max: 6 });
const large = fc.integer({ min: 0, max: 400 });

/** Wins of every way in which n pairs can fall, all as likely. */
function enumerateWins(n: number): number[] {
  return Array.from({ length: 2 ** n }, (_, sides) => sides.toString(2).replaceAll('0', '').length);
}

describe('exactMcnemar', () => {
  it.each([
    [6, 0, 0.03125, 0.015625, 0.015625],
    [9, 2, 0.06543, 0.038574, 0.032715],
    [15, 5, 0.041389, 0.026604, 0.020695],
  ])('%i wins, %i losses', (wins, losses, twoSided, midP, oneSided) => {
    const p = exactMcnemar(wins, losses);
    expect(p.twoSided).toBeCloseTo(twoSided, 6);
    expect(p.midP).toBeCloseTo(midP, 6);
    expect(p.oneSided).toBeCloseTo(oneSided, 6);
  });

  it('without pairs that differ shows nothing', () => {
    expect(exactMcnemar(0, 0)).toEqual({ oneSided: 1, twoSided: 1, midP: 0.5 });
  });

  it('is what counting every outcome gives', () => {
    fc.assert(
      fc.property(count, count, (wins, losses) => {
        const all = enumerateWins(wins + losses);
        const share = (holds: (seen: number) => boolean) => all.filter(holds).length / all.length;
        const lead = (seen: number) => Math.abs(2 * seen - wins - losses);
        const p = exactMcnemar(wins, losses);
        expect(p.oneSided).toBeCloseTo(
          share((seen) => seen >= wins),
          12,
        );
        expect(p.twoSided).toBeCloseTo(
          share((seen) => lead(seen) >= lead(wins)),
          12,
        );
        const asFar = share((seen) => lead(seen) === lead(wins));
        expect(p.midP).toBeCloseTo(share((seen) => lead(seen) > lead(wins)) + asFar / 2, 12);
      }),
    );
  });

  it('is exact CMH with one trial an arm', () => {
    const one = { baseTrials: 1, candidateTrials: 1 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), (wins, losses) => {
        const cases = [
          ...Array(wins).fill({ ...one, basePasses: 0, candidatePasses: 1 }),
          ...Array(losses).fill({ ...one, basePasses: 1, candidatePasses: 0 }),
        ];
        expect(exactMcnemar(wins, losses).oneSided).toBeCloseTo(exactCmh(cases), 12);
      }),
    );
  });

  it('with the arms swapped: two-sided figures stay, the one-sided tails share the seen outcome', () => {
    fc.assert(
      fc.property(large, large, (wins, losses) => {
        const p = exactMcnemar(wins, losses);
        const swapped = exactMcnemar(losses, wins);
        expect(swapped.twoSided).toBe(p.twoSided);
        expect(swapped.midP).toBe(p.midP);
        const seen = wins === losses ? 2 * (1 - p.midP) : p.twoSided - p.midP;
        expect(p.oneSided + swapped.oneSided).toBeCloseTo(1 + seen, 10);
      }),
    );
  });

  it('stays in (0, 1], falls with a win, rises with a loss, and mid-p is the smaller', () => {
    fc.assert(
      fc.property(large, large, (wins, losses) => {
        const p = exactMcnemar(wins, losses);
        for (const one of Object.values(p)) {
          expect(one).toBeGreaterThan(0);
          expect(one).toBeLessThanOrEqual(1);
        }
        expect(p.midP).toBeLessThan(p.twoSided);
        expect(exactMcnemar(wins + 1, losses).oneSided).toBeLessThanOrEqual(p.oneSided);
        expect(exactMcnemar(wins, losses + 1).oneSided).toBeGreaterThanOrEqual(p.oneSided);
      }),
    );
  });

  it('neither overflows nor loses the tail of thousands of pairs', () => {
    expect(exactMcnemar(50, 5000).oneSided).toBeCloseTo(1, 12);
    // Σ C(10000, k) / 2¹⁰⁰⁰⁰ from k = 5060, in whole numbers.
    expect(exactMcnemar(5060, 4940).oneSided).toBeCloseTo(0.11702238531973932, 10);
    expect(exactMcnemar(1000, 0).oneSided).toBe(2 ** -1000);
  });

  it.each([
    [-1, 0],
    [0, 1.5],
    [Number.NaN, 0],
  ])('refuses %d wins, %d losses', (wins, losses) => {
    expect(() => exactMcnemar(wins, losses)).toThrow(RangeError);
  });
});
