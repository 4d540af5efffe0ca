import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selfConsistency } from './self-consistency.ts';

const answers = fc.array(fc.constantFrom('A', 'B', 'C', ''), { minLength: 1, maxLength: 12 });

describe('selfConsistency', () => {
  it.each([
    ['AAB', 0.666667],
    ['ABCAA', 0.6],
    ['xxxx', 1],
  ])('%s', (letters, expected) => {
    expect(selfConsistency([...letters])).toBeCloseTo(expected, 6);
  });

  it('is the largest share that any one answer has, whatever the order', () => {
    fc.assert(
      fc.property(answers, (list) => {
        const shares = list.map((one) => list.filter((other) => other === one).length / list.length);
        expect(selfConsistency(list)).toBe(Math.max(...shares));
        expect(selfConsistency([...list].reverse())).toBe(selfConsistency(list));
      }),
    );
  });

  it('lies between 1/n and 1, and does not fall when the mode is given again', () => {
    fc.assert(
      fc.property(answers, (list) => {
        const here = selfConsistency(list);
        expect(here).toBeGreaterThanOrEqual(1 / list.length);
        expect(here).toBeLessThanOrEqual(1);
        const best = Math.max(...list.map((one) => selfConsistency([...list, one])));
        expect(best).toBeGreaterThanOrEqual(here);
      }),
    );
  });

  it('takes names of objects as answers like others', () => {
    expect(selfConsistency(['constructor', '__proto__', '__proto__'])).toBeCloseTo(2 / 3, 12);
  });

  it('refuses an empty list', () => {
    expect(() => selfConsistency([])).toThrow(RangeError);
  });
});
