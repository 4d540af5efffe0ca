import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';
import { clusterSignFlip, signFlip, smallestSignFlipP } from './sign-flip.ts';

const options = { draws: 4000, seed: 11 };

/** Tenths, so that sums tie by value and differ by rounding. */
const tenths = fc.array(
  fc.integer({ min: -10, max: 10 }).map((n) => n / 10),
  { maxLength: 14 },
);

/** By the definition, on whole numbers. */
function enumerate(differences: readonly number[]): number {
  const whole = differences.map((value) => Math.round(value * 10));
  const seen = whole.reduce((sum, value) => sum + value, 0);
  let hits = 0;
  for (let signs = 0; signs < 2 ** whole.length; signs++) {
    const sum = whole.reduce((total, value, i) => total + (signs & (1 << i) ? value : -value), 0);
    if (sum >= seen) hits++;
  }
  return hits / 2 ** whole.length;
}

describe('signFlip', () => {
  it.each([
    [[0.6, 0.4, 0.2, -0.2], 0.1875],
    [[1, 1, 1, 1, 1], 0.03125],
    [[0.2, 0.2, 0, -0.2, 0.4, 0.6], 0.125],
    [[], 1],
    [[0, 0], 1],
    [[-1], 1],
  ])('%j gives %f', (differences, p) => {
    expect(signFlip(differences, options)).toBe(p);
  });

  it('is the share of all sign patterns, ties by value included', () => {
    fc.assert(
      fc.property(tenths, (list) => {
        expect(signFlip(list, options)).toBe(enumerate(list));
      }),
    );
  });

  it('does not depend on order or scale', () => {
    fc.assert(
      fc.property(tenths, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (list, scale) => {
        const p = signFlip(list, options);
        expect(signFlip([...list].reverse(), options)).toBe(p);
        expect(
          signFlip(
            list.map((value) => value * scale),
            options,
          ),
        ).toBe(p);
      }),
    );
  });

  it('is symmetric: the two tails share only the patterns that tie with the sum seen', () => {
    fc.assert(
      fc.property(tenths, (list) => {
        const other = signFlip(
          list.map((value) => -value),
          options,
        );
        expect(signFlip(list, options) + other).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('never grows when a difference grows from one side to the other', () => {
    fc.assert(
      fc.property(tenths, fc.integer({ min: 1, max: 10 }), (list, n) => {
        const size = n / 10;
        expect(signFlip([...list, size], options)).toBeLessThanOrEqual(signFlip([...list, -size], options));
      }),
    );
  });

  it('is never below the smallest p, and all of one sign reach it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 14 }), (count) => {
        const list = Array.from({ length: count }, (_, i) => 1 + Math.sqrt(i));
        expect(signFlip(list, options)).toBe(2 ** -count);
        expect(smallestSignFlipP(count, options.draws)).toBe(2 ** -count);
      }),
    );
    const list = Array.from({ length: 40 }, (_, i) => 1 + Math.sqrt(i));
    expect(signFlip(list, options)).toBe(smallestSignFlipP(40, options.draws));
    expect(smallestSignFlipP(40, options.draws)).toBe(1 / 4001);
  });

  it('stays exact beyond 20 differences whose sums tie, and agrees with a sample of those that do not', () => {
    expect(signFlip(Array(50).fill(0.2), options)).toBe(2 ** -50);
    expect(signFlip([...Array(49).fill(0.2), -0.2], options)).toBe(51 * 2 ** -50);
    const random = seededRandom(2);
    const list = Array.from({ length: 40 }, () => Math.round(20 * (random() - 0.4)) / 20);
    const split = list.map((value) => value * (1 + random() * 1e-6));
    const many = { draws: 50_000, seed: 3 };
    expect(signFlip(split, many)).toBe(signFlip(split, many));
    expect(signFlip(split, many)).not.toBe(signFlip(split, { ...many, seed: 4 }));
    expect(Math.abs(signFlip(list, many) - signFlip(split, many))).toBeLessThan(0.005);
  });

  it('refuses what is no number', () => {
    expect(() => signFlip([1, Number.NaN], options)).toThrow(RangeError);
  });
});

describe('clusterSignFlip', () => {
  it('counts a cluster once, by its mean', () => {
    expect(clusterSignFlip([[0.6], [0.5, 0.3], [0.2, 0.2, 0.2], [-0.2], []], options)).toBe(0.1875);
  });
});
