import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bradleyTerry } from './bradley-terry.ts';

const at = (values: readonly number[] | undefined, index: number) => values?.[index] ?? Number.NaN;
const table = (count: fc.Arbitrary<number>) =>
  fc
    .integer({ min: 2, max: 6 })
    .chain((size) =>
      fc
        .array(fc.array(count, { minLength: size, maxLength: size }), { minLength: size, maxLength: size })
        .map((rows) => rows.map((row, i) => row.map((wins, j) => (i === j ? 0 : wins)))),
    );
/** Everybody beat everybody, so that strengths exist. */
const wins = table(fc.integer({ min: 1, max: 9 }));
/** Many zeros, so that they often do not. */
const sparse = table(fc.constantFrom(0, 0, 1, 3));

/** Whether the players, however parted in two, beat each other both ways: by trying every parting. */
function beatBothWays(matrix: number[][]): boolean {
  const players = matrix.map((_, i) => i);
  for (let parting = 1; parting < 2 ** players.length - 1; parting++) {
    const inside = (i: number) => (parting & (1 << i)) !== 0;
    const beats = players.some((i) => inside(i) && players.some((j) => !inside(j) && at(matrix[i], j) > 0));
    if (!beats) return false;
  }
  return true;
}

const logLikelihood = (matrix: number[][], strengths: number[]) =>
  matrix.reduce(
    (all, row, i) =>
      row.reduce((sum, count, j) => {
        return sum + count * Math.log(at(strengths, i) / (at(strengths, i) + at(strengths, j)));
      }, all),
    0,
  );

describe('bradleyTerry', () => {
  it.each([
    [
      '7–3',
      [
        [0, 7],
        [3, 0],
      ],
      [0.7, 0.3],
    ],
    [
      'A>B 8–2, A>C 9–1, B>C 6–4',
      [
        [0, 8, 9],
        [2, 0, 6],
        [1, 4, 0],
      ],
      [0.73746, 0.162602, 0.099938],
    ],
    [
      'all ties',
      [
        [0, 0.5, 0.5],
        [0.5, 0, 0.5],
        [0.5, 0.5, 0],
      ],
      [1 / 3, 1 / 3, 1 / 3],
    ],
    ['one alone', [[0]], [1]],
  ])('%s', (_, matrix, expected) => {
    const strengths = bradleyTerry(matrix);
    expect(strengths).toHaveLength(expected.length);
    strengths.forEach((strength, i) => {
      expect(strength).toBeCloseTo(at(expected, i), 6);
    });
  });

  it('gives strengths above 0 that sum to 1, under which expected wins are the real ones', () => {
    fc.assert(
      fc.property(wins, (matrix) => {
        const strengths = bradleyTerry(matrix);
        expect(strengths.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
        matrix.forEach((row, i) => {
          const own = at(strengths, i);
          expect(own).toBeGreaterThan(0);
          const expected = row.map((won, j) => ((won + at(matrix[j], i)) * own) / (own + at(strengths, j)));
          const sum = (values: number[]) => values.reduce((all, one) => all + one, 0);
          expect(sum(expected)).toBeCloseTo(sum(row), 8);
        });
      }),
    );
  });

  it('is as likely as can be: no other strengths are likelier', () => {
    const factors = fc.array(fc.double({ min: 0.2, max: 5, noNaN: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(wins, factors, (matrix, changes) => {
        const best = bradleyTerry(matrix);
        const other = best.map((strength, i) => strength * at(changes, i));
        expect(logLikelihood(matrix, best)).toBeGreaterThanOrEqual(logLikelihood(matrix, other) - 1e-9);
      }),
    );
  });

  it('does not depend on the order of the players, nor on how often all games are counted', () => {
    fc.assert(
      fc.property(wins, (matrix) => {
        const strengths = bradleyTerry(matrix);
        const reversed = bradleyTerry(matrix.map((row) => [...row].reverse()).reverse());
        const tripled = bradleyTerry(matrix.map((row) => row.map((count) => 3 * count)));
        strengths.forEach((strength, i) => {
          expect(at([...reversed].reverse(), i)).toBeCloseTo(strength, 9);
          expect(at(tripled, i)).toBeCloseTo(strength, 9);
        });
      }),
    );
  });

  it('turns round when every win becomes a loss', () => {
    fc.assert(
      fc.property(wins, (matrix) => {
        const strengths = bradleyTerry(matrix);
        const lost = bradleyTerry(matrix.map((row, i) => row.map((_, j) => at(matrix[j], i))));
        const [first, firstLost] = [at(strengths, 0), at(lost, 0)];
        strengths.forEach((strength, i) => {
          expect((at(lost, i) / firstLost) * (strength / first)).toBeCloseTo(1, 7);
        });
      }),
    );
  });

  it('is raised by a win', () => {
    fc.assert(
      fc.property(wins, (matrix) => {
        const more = matrix.map((row, i) => row.map((count, j) => count + Number(i === 0 && j === 1)));
        expect(at(bradleyTerry(more), 0)).toBeGreaterThan(at(bradleyTerry(matrix), 0));
      }),
    );
  });

  it('recovers odds of 3 over a chain of twenty', () => {
    const chain = Array.from({ length: 20 }, (_, i) =>
      Array.from({ length: 20 }, (_, j) => (j === i + 1 ? 3 : j === i - 1 ? 1 : 0)),
    );
    const strengths = bradleyTerry(chain);
    for (let i = 1; i < 20; i++) expect(at(strengths, i - 1) / at(strengths, i)).toBeCloseTo(3, 6);
  });

  it('throws exactly where some parting of the players saw no win one way', () => {
    let refused = 0;
    fc.assert(
      fc.property(sparse, (matrix) => {
        if (beatBothWays(matrix)) expect(bradleyTerry(matrix)).toHaveLength(matrix.length);
        else {
          refused++;
          expect(() => bradleyTerry(matrix)).toThrow(/none ever lost to one of/);
        }
      }),
    );
    expect(refused).toBeGreaterThan(0);
  });

  it.each([
    [
      'never lost',
      [
        [0, 2, 1],
        [0, 0, 1],
        [0, 1, 0],
      ],
      'of the players (from 0) 0 none ever lost to one of 1, 2',
    ],
    [
      'never won',
      [
        [0, 1, 3],
        [1, 0, 3],
        [0, 0, 0],
      ],
      'of the players (from 0) 0, 1 none ever lost to one of 2',
    ],
    [
      'two groups that never met',
      [
        [0, 1, 0, 0],
        [1, 0, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 1, 0],
      ],
      'of the players (from 0) 2, 3 none ever lost to one of 0, 1',
    ],
  ])('says who has no finite strength: %s', (_, matrix, message) => {
    expect(() => bradleyTerry(matrix)).toThrow(new RangeError(`no finite strengths: ${message}`));
  });

  it('says when it does not settle', () => {
    const apart = [
      [0, 1e6, 1, 0],
      [1e6, 0, 0, 0],
      [2, 0, 0, 1e6],
      [0, 0, 1e6, 0],
    ];
    expect(() => bradleyTerry(apart)).toThrow(/not settled after 100000 rounds/);
  });

  it.each([
    ['no players', []],
    ['a row too short', [[0, 1], [1]]],
    [
      'a negative count',
      [
        [0, -1],
        [1, 0],
      ],
    ],
    [
      'an infinite count',
      [
        [0, Number.POSITIVE_INFINITY],
        [1, 0],
      ],
    ],
    [
      'no number',
      [
        [0, Number.NaN],
        [1, 0],
      ],
    ],
    [
      'a win over oneself',
      [
        [1, 1],
        [1, 0],
      ],
    ],
  ])('refuses %s', (_, matrix) => {
    expect(() => bradleyTerry(matrix)).toThrow(RangeError);
  });
});
