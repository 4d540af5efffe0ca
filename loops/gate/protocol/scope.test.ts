import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactCmh } from '../statistics/exact-cmh.ts';
import { toCasePasses } from './pattern-trials.ts';
import { chooseScope, scopeP, smallestP } from './scope.ts';
import { anyHidden, hidden } from './test-rows.ts';

const options = { draws: 2000, seed: 1 };

describe('chooseScope', () => {
  it.each([
    [1, 0.025, 'one-pattern', 'exact-cmh', 'this pattern is fixed'],
    [2, 0.025, 'several-patterns', 'exact-cmh', 'on this set'],
    [5, 0.025, 'several-patterns', 'exact-cmh', 'on this set'],
    [6, 0.025, 'many-patterns', 'cluster-sign-flip', 'in general, for cases like these'],
    // The same holdout speaks more narrowly at a later attempt.
    [6, 0.05 / 6, 'several-patterns', 'exact-cmh', 'on this set'],
    [9, 0.0025, 'many-patterns', 'cluster-sign-flip', 'in general, for cases like these'],
    [8, 0.0025, 'several-patterns', 'exact-cmh', 'on this set'],
  ])('%i patterns at level %f: %s', (patterns, level, holdout, test, claim) => {
    expect(chooseScope(patterns, level)).toEqual({ holdout, test, claim });
  });

  it('takes the sign-flip only where it could accept something', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 1e-5, max: 0.1, noNaN: true }),
        (k, level) => {
          const scope = chooseScope(k, level);
          if (scope.test === 'cluster-sign-flip') {
            expect(smallestP(scope, { patterns: k, hidden: k }, 5, 200_000)).toBeLessThanOrEqual(level);
          }
        },
      ),
    );
  });
});

describe('scopeP', () => {
  const many = chooseScope(6, 0.025);
  const several = chooseScope(3, 0.025);

  it('flips patterns as wholes: six that gain reach 1 / 64, however many variants they have', () => {
    const rows = [1, 2, 3, 4, 5, 6].flatMap((pattern) =>
      Array.from({ length: pattern }, (_, i) => hidden(`p${pattern}`, `v${i}`, 1, 2)),
    );
    expect(scopeP(many, rows, options)).toBe(1 / 64);
    expect(smallestP(many, { patterns: 6, hidden: rows.length }, 5, 2000)).toBe(1 / 64);
  });

  it('is the exact CMH over all hidden rows elsewhere', () => {
    fc.assert(
      fc.property(anyHidden(3), (rows) => {
        expect(scopeP(several, rows, options)).toBe(exactCmh(rows.map(toCasePasses)));
        expect(scopeP(several, rows, options)).toBeGreaterThanOrEqual(
          smallestP(several, { patterns: 3, hidden: rows.length }, 5, 2000) * (1 - 1e-9),
        );
      }),
    );
  });

  it('does not depend on the order of rows, and never grows when the candidate passes once more', () => {
    fc.assert(
      fc.property(anyHidden(8), fc.nat(), fc.constantFrom(many, several), (rows, at, scope) => {
        const p = scopeP(scope, rows, options);
        expect(scopeP(scope, [...rows].reverse(), options)).toBeCloseTo(p, 12);
        const index = at % rows.length;
        const better = rows.map((row, i) =>
          i === index && row.candidate.passes < 5
            ? { ...row, candidate: { ...row.candidate, passes: row.candidate.passes + 1 } }
            : row,
        );
        expect(scopeP(scope, better, options)).toBeLessThanOrEqual(p + 1e-12);
      }),
    );
  });
});
