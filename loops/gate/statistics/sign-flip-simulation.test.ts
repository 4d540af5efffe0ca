import { expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';
import { clusterSignFlip, signFlip } from './sign-flip.ts';

const options = { draws: 4000, seed: 11 };

it('rejects at most its level under a symmetric distribution, sampled and exact', () => {
  const random = seededRandom(5);
  for (const size of [10, 40]) {
    const runs = Array.from({ length: 600 }, (_, seed) =>
      signFlip(
        Array.from({ length: size }, () => random() - 0.5),
        { draws: 400, seed },
      ),
    );
    const share = runs.filter((p) => p <= 0.05).length / runs.length;
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.08);
  }
});

it('holds its level where differences are alike within clusters of 5, and a flip of single ones does not', () => {
  const random = seededRandom(8);
  const runs = Array.from({ length: 300 }, () =>
    Array.from({ length: 12 }, () => {
      const shared = random() - 0.5;
      return Array.from({ length: 5 }, () => shared + 0.2 * (random() - 0.5));
    }),
  );
  const share = (p: (clusters: number[][]) => number) =>
    runs.filter((clusters) => p(clusters) <= 0.05).length / runs.length;
  expect(share((clusters) => clusterSignFlip(clusters, options))).toBeLessThan(0.09);
  expect(share((clusters) => signFlip(clusters.flat(), { draws: 400, seed: 1 }))).toBeGreaterThan(0.12);
});
