import { expect, it } from 'vitest';
import { seededRandom } from '../../gate/statistics/seeded-random.ts';
import { drawMutants } from './draw-mutants.ts';

const TEXT = `export function fee(weight: number): number {
  if (weight <= 5) return 3;
  if (weight <= 20) return 8;
  return 8 + Math.ceil((weight - 20) / 5) * 2;
}

export function other(a: number): number {
  const twice = a + a;
  if (a > 3 && twice < 90) return a - 2;
  return Math.max(twice, 7);
}
`;

const linesOf = (...numbers: number[]): number[] => {
  const added = new Map(numbers.map((line) => [line, TEXT.split('\n')[line - 1] ?? '']));
  const part = new Map([['src/fee.ts', added]]);
  const oracle = { name: 'right', patch: '', sources: new Map([['src/fee.ts', TEXT]]), added: part };
  return drawMutants(oracle, part, seededRandom(1)).map(({ mutant }) => mutant.line);
};

it('makes few slips up to five with those around them, of what is mended alone', () => {
  const lines = linesOf(8);
  expect(lines).toHaveLength(5);
  expect(lines.slice(0, 2)).toEqual([8, 8]);
  expect(lines.every((line) => line >= 7)).toBe(true);
});

it('leaves it at the added lines where these give enough', () => {
  const lines = linesOf(4);
  expect(lines.length).toBeGreaterThanOrEqual(5);
  expect(new Set(lines)).toEqual(new Set([4]));
});

it('draws none for lines in which no slip can be made', () => {
  expect(linesOf(6)).toEqual([]);
});
