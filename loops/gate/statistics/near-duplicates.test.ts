import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jaccard } from './jaccard.ts';
import { nearDuplicates } from './near-duplicates.ts';
import { seededRandom } from './seeded-random.ts';

const letter = fc.constantFrom('a', 'b', 'c', 'd');
const unrelated = fc.string({ unit: letter, maxLength: 30 });
/** Texts that repeat one another with up to three letters changed, so that many pairs lie near a threshold. */
const related = fc
  .tuple(
    fc.string({ unit: letter, minLength: 10, maxLength: 60 }),
    fc.array(fc.array(fc.tuple(fc.nat(59), letter), { maxLength: 3 }), { maxLength: 7 }),
  )
  .map(([base, changes]) =>
    changes.map((edits) =>
      edits.reduce((text, [at, other]) => text.slice(0, at) + other + text.slice(at + 1), base),
    ),
  );
const texts = fc
  .tuple(fc.array(unrelated, { maxLength: 5 }), related, related)
  .map((groups) => groups.flat());
const threshold = fc.oneof(
  fc.constant(0.8),
  fc.integer({ min: 1, max: 20 }).map((twentieths) => twentieths / 20),
);

/** Every pair compared, clusters grown until nothing is added. */
function compareAll(list: string[], least: number): number[][] {
  const clusters: number[][] = [];
  const placed = new Set<number>();
  list.forEach((_, start) => {
    if (placed.has(start)) return;
    const cluster = new Set([start]);
    for (const member of cluster) {
      list.forEach((text, i) => {
        if (jaccard(list[member] ?? '', text) >= least) cluster.add(i);
      });
    }
    for (const member of cluster) placed.add(member);
    clusters.push([...cluster].sort((a, b) => a - b));
  });
  return clusters;
}

describe('nearDuplicates', () => {
  it('joins what is similar, by chains too, and leaves the rest alone', () => {
    const link = (from: number) =>
      Array.from({ length: 40 }, (_, i) => String.fromCharCode(200 + from + i)).join('');
    const chain = [link(0), 'select 1 from nothing', link(4), link(8)];
    expect(jaccard(link(0), link(4))).toBeGreaterThanOrEqual(0.8);
    expect(jaccard(link(0), link(8))).toBeLessThan(0.8);
    expect(nearDuplicates(chain)).toEqual([[0, 2, 3], [1]]);
  });

  it('joins at exactly the threshold', () => {
    // Four of five grams are shared.
    expect(jaccard('abcdef', 'abcdefg')).toBe(0.8);
    expect(nearDuplicates(['abcdef', 'abcdefg'])).toEqual([[0, 1]]);
    expect(nearDuplicates(['abcdef', 'abcdefg'], 0.81)).toEqual([[0], [1]]);
  });

  it('joins by a single gram where the threshold is next to nothing', () => {
    expect(nearDuplicates(['abcdef', 'cdeXYZ', 'other'], 1e-12)).toEqual([[0, 1], [2]]);
  });

  it('gives no clusters of no texts, and one of texts that are equal or all empty', () => {
    expect(nearDuplicates([])).toEqual([]);
    expect(nearDuplicates(['', '', ''])).toEqual([[0, 1, 2]]);
    expect(nearDuplicates(['ab', 'abc', 'ab'])).toEqual([[0, 2], [1]]);
  });

  it('is what comparing every pair gives', () => {
    fc.assert(
      fc.property(texts, threshold, (list, least) => {
        expect(nearDuplicates(list, least)).toEqual(compareAll(list, least));
      }),
      { numRuns: 200 },
    );
  });

  it('puts every text in one cluster, whatever the order of the texts', () => {
    const shuffled = texts.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray([...list.keys()], { minLength: list.length, maxLength: list.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([list, order]) => {
        const clusters = nearDuplicates(list);
        expect(clusters.flat().toSorted((a, b) => a - b)).toEqual([...list.keys()]);
        const back = nearDuplicates(order.map((i) => list[i] ?? '')).map((cluster) =>
          cluster.map((i) => order[i] ?? -1).sort((a, b) => a - b),
        );
        expect(back.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))).toEqual(clusters);
      }),
    );
  });

  it('only splits clusters when the threshold rises', () => {
    fc.assert(
      fc.property(texts, threshold, threshold, (list, one, other) => {
        const loose = nearDuplicates(list, Math.min(one, other));
        const strict = nearDuplicates(list, Math.max(one, other));
        for (const cluster of strict) {
          expect(loose.filter((whole) => cluster.some((i) => whole.includes(i)))).toHaveLength(1);
        }
      }),
    );
  });

  it('finds the families among texts of 2 kB', () => {
    const random = seededRandom(5);
    const letters = (length: number) =>
      Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
    const families = Array.from({ length: 60 }, () => letters(2000));
    const list = Array.from({ length: 240 }, (_, i) => {
      const at = Math.floor(random() * 1900);
      const base = families[i % 60] ?? '';
      return base.slice(0, at) + letters(60) + base.slice(at + 60);
    });
    const expected = families.map((_, i) => [i, i + 60, i + 120, i + 180]);
    expect(nearDuplicates(list)).toEqual(expected);
  });

  it.each([0, -0.1, 1.1, Number.NaN])('refuses a threshold of %d', (least) => {
    expect(() => nearDuplicates([], least)).toThrow(RangeError);
  });
});
