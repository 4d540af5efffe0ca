import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../gate/statistics/seeded-random.ts';
import { drawMutants } from './draw-mutants.ts';

const text = [
  'export function f(a: number, b: number): number {',
  '  if (a < b) return a + 1;',
  '  if (a > 10 && b > 10) return a * b - 2;',
  '  return a - b;',
  '}',
  '',
].join('\n');
const oracle = { name: 'o', patch: '', sources: new Map([['src/f.ts', text]]), added: new Map() };
const draw = (lines: number[], seed = 1) =>
  drawMutants(oracle, new Map([['src/f.ts', new Map(lines.map((line) => [line, '']))]]), seededRandom(seed));

describe('drawMutants', () => {
  it('slips in the added lines alone', () => {
    const mutants = draw([4]).filter(({ beside }) => !beside);
    expect(mutants.length).toBeGreaterThan(0);
    expect(new Set(mutants.map(({ mutant }) => mutant.line))).toEqual(new Set([4]));
    expect(draw([])).toEqual([]);
  });

  it('draws ten at most, the same by the same seed and others by another', () => {
    const told = (seed: number) =>
      draw([1, 2, 3, 4], seed).map(({ mutant: { line, mutated } }) => `${line}: ${mutated}`);
    expect(told(1)).toHaveLength(10);
    expect(told(1)).toEqual(told(1));
    expect(told(1)).not.toEqual(told(2));
  });

  it('draws no two that come to the same, and none that comes to the oracle', () => {
    for (const seed of [1, 2, 3]) {
      const texts = draw([1, 2, 3, 4], seed).map(({ mutant }) => mutant.apply().replaceAll(/\s+/g, ''));
      expect(new Set(texts).size).toBe(texts.length);
      expect(texts).not.toContain(text.replaceAll(/\s+/g, ''));
    }
  });

  it('has nothing to slip in where the oracle has no such file', () => {
    expect(drawMutants(oracle, new Map([['src/gone.ts', new Map([[1, '']])]]), seededRandom(1))).toEqual([]);
  });
});

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

describe('lines in which few slips can be made', () => {
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
});
