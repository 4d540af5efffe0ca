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
