import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEV_LEVELS, decideRound } from './group-sequential.ts';

const round = fc.integer({ min: 1, max: 5 });
const p = fc.double({ min: 0, max: 1, noNaN: true });
const lift = fc.double({ min: -1, max: 1, noNaN: true });

describe('decideRound', () => {
  it.each([
    [1, 0.008],
    [2, 0.012],
    [3, 0.016],
    [4, 0.022],
    [5, 0.03],
  ])('round %i lets p = %f go, and no more', (number, level) => {
    expect(decideRound(number, level, 0.1)).toBe('go');
    expect(decideRound(number, level + 1e-9, 0.1)).toBe(number === 5 ? 'spent' : 'continue');
  });

  it('gives up without a lift, whatever the round', () => {
    fc.assert(
      fc.property(round, p, fc.double({ min: -1, max: 0, noNaN: true }), (number, some, none) => {
        expect(decideRound(number, some, none)).toBe('futile');
      }),
    );
  });

  it('never gets worse when p falls', () => {
    fc.assert(
      fc.property(round, p, p, lift, (number, a, b, some) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        if (decideRound(number, high, some) === 'go') expect(decideRound(number, low, some)).toBe('go');
      }),
    );
  });

  it('ends with the fifth round', () => {
    fc.assert(
      fc.property(p, lift, (some, any) => {
        expect(decideRound(5, some, any)).not.toBe('continue');
      }),
    );
    expect(() => decideRound(6, 0.01, 0.1)).toThrow(RangeError);
    expect(() => decideRound(0, 0.01, 0.1)).toThrow(RangeError);
    expect(DEV_LEVELS).toHaveLength(5);
  });
});
