import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterGrams, jaccard } from './jaccard.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '💡'), maxLength: 12 });

describe('jaccard', () => {
  it.each([
    ['select a', 'select b', 0.714286],
    ['abcdef', 'abcdef', 1],
    ['timeout', 'timeouts', 0.833333],
    ['abc', 'ABC', 0],
    ['', '', 1],
    ['ab', 'ab', 1],
    ['ab', 'abc', 0],
    ['', 'abc', 0],
  ])('"%s" and "%s"', (a, b, expected) => {
    expect(jaccard(a, b)).toBeCloseTo(expected, 6);
  });

  it('is 1 for a text and itself, symmetric, and in [0, 1]', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(jaccard(a, a)).toBe(1);
        expect(jaccard(a, b)).toBe(jaccard(b, a));
        expect(jaccard(a, b)).toBeGreaterThanOrEqual(0);
        expect(jaccard(a, b)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('keeps the triangle inequality of the distance 1 − J', () => {
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(1 - jaccard(a, c)).toBeLessThanOrEqual(2 - jaccard(a, b) - jaccard(b, c) + 1e-12);
      }),
    );
  });

  it('does not count how often a gram occurs', () => {
    expect(jaccard('abcabcabc', 'abcabcabcabc')).toBe(1);
  });
});

describe('characterGrams', () => {
  it('has each piece of three code points once, and nothing else', () => {
    fc.assert(
      fc.property(text, (one) => {
        const points = [...one];
        const pieces = points.slice(2).map((_, i) => points.slice(i, i + 3).join(''));
        expect([...characterGrams(one)]).toEqual(points.length < 3 ? [one] : [...new Set(pieces)]);
      }),
    );
  });
});
