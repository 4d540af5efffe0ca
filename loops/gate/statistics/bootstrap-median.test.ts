import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapMedianOfGroups } from './bootstrap-median.ts';
import { type Random, seededRandom } from './seeded-random.ts';

const options = { draws: 400, seed: 7 };

describe('bootstrapMedianOfGroups', () => {
  const groups = fc.array(
    fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 8 }),
    { minLength: 1, maxLength: 6 },
  );

  it('stays within the values, whatever the order of groups and of values in them', () => {
    fc.assert(
      fc.property(groups, (some) => {
        const range = bootstrapMedianOfGroups(some, options);
        expect(range.low).toBeGreaterThanOrEqual(Math.min(...some.flat()));
        expect(range.high).toBeLessThanOrEqual(Math.max(...some.flat()));
        expect(range.low).toBeLessThanOrEqual(range.high);
        const turned = some.map((group) => group.toReversed()).reverse();
        expect(bootstrapMedianOfGroups([...turned, []], options)).toEqual(range);
      }),
    );
  });

  it('moves with a shift of all values', () => {
    // In eighths, which a shift by a whole number does not round: what rounds may come to lie in another order.
    const eighths = groups.map((some) =>
      some.map((group) => group.map((value) => Math.round(8 * value) / 8)),
    );
    fc.assert(
      fc.property(eighths, fc.integer({ min: -5, max: 5 }), (some, shift) => {
        const { low, high } = bootstrapMedianOfGroups(some, options);
        const shifted = bootstrapMedianOfGroups(
          some.map((group) => group.map((value) => value + shift)),
          options,
        );
        expect(shifted.low).toBeCloseTo(low + shift, 9);
        expect(shifted.high).toBeCloseTo(high + shift, 9);
      }),
    );
  });

  it('reaches to the groups that lie apart, where one group of all values knows nothing of them', () => {
    const apart = [-1, 0, 1].map((shift) => Array.from({ length: 15 }, (_, i) => shift + i / 100));
    const range = bootstrapMedianOfGroups(apart, options);
    expect(range.low).toBeLessThan(-0.8);
    expect(range.high).toBeGreaterThan(1);
    const pooled = bootstrapMedianOfGroups([apart.flat()], options);
    expect(pooled.low).toBeGreaterThan(range.low);
    expect(pooled.high).toBeLessThan(range.high);
  });

  it('two measurements of the same thing meet, where each session has a shift of its own', () => {
    const random = seededRandom(11);
    let missed = 0;
    for (let round = 0; round < 300; round++) {
      const first = bootstrapMedianOfGroups(measure(random), options);
      const second = bootstrapMedianOfGroups(measure(random), options);
      if (first.high < second.low || second.high < first.low) missed++;
    }
    expect(missed / 300).toBeLessThan(0.02);
  });

  it('refuses what has no values', () => {
    expect(() => bootstrapMedianOfGroups([[], []], options)).toThrow(RangeError);
  });
});

/** Three sessions of five pairs: noise of 5 % a sample, and of 3 % a session. */
function measure(random: Random): number[][] {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: 3 }, () => {
    const shift = 0.03 * normal();
    return Array.from({ length: 5 }, () => shift + 0.05 * (normal() - normal()));
  });
}
