import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SourceChange } from '../../../loops/admit/code/mutants/source-change.ts';
import { readSources, typeSources } from '../../../loops/admit/code/mutants/typed-sources.ts';
import { seededRandom } from '../../../loops/gate/statistics/seeded-random.ts';
import { Draw } from '../../generated-target/draw.ts';
import { REPOSITORY } from '../repository.ts';
import { compile, programs } from './random-program.ts';
import { drawNullChange, drawNullChanges, seedNullChanges } from './seed-null-changes.ts';

const BILLING = path.join(REPOSITORY, 'examples/billing');

const of = (operator: string, changes: readonly SourceChange[]) =>
  changes.filter((change) => change.operator === operator);

const inFunction = (body: string) =>
  `function f(a: number, b: number, p: { n: number; s: string }) {\n  ${body}\n}`;

describe('each kind of null change', () => {
  test.each([
    ['turned comparison', 'return a < b;', ['b > a']],
    ['turned comparison', 'return a + 1 >= p.n;', ['p.n <= a + 1']],
    ['turned comparison', "return p.s !== 'x';", ["'x' !== p.s"]],
    ['commuted operands', 'return a + b;', ['b + a']],
    ['commuted operands', 'return a - b + p.n;', ['p.n + (a - b)']],
    ['commuted operands', 'return a * (b + 1);', ['(b + 1) * a', '1 + b']],
    ['conditional expression', 'if (a < b) return a; return b;', ['return a < b ? a : b;']],
    [
      'conditional expression',
      'if (!a) { return b ? 1 : 2; } return [b];',
      ['return (!a) ? (b ? 1 : 2) : ([b]);'],
    ],
    ['two returns', 'return a < b ? a : b;', ['if (a < b) {\n    return a;\n  }\n  return b;']],
    ['inverted branches', 'if (a) { b = 1; } else { b = 2; }', ['if (!(a)) { b = 2; } else { b = 1; }']],
    ['comment', 'return a;', [expect.stringMatching(/^\/\/ .*\.\n {2}$/)]],
    ['named constant', 'return a < 5;', ['const fixed = 5;\n  return a < fixed']],
    [
      'named constant',
      'const fixed = a; return [b].map((x) => x * fixed * 2);',
      ['const given = 2;\n                   return [b].map((x) => x * fixed * given'],
    ],
    ['named result', 'return a + b;', ['const result = a + b;\n  return result;']],
  ])('%s: %s', (operator, body, mutated) => {
    const found = of(operator, seedNullChanges(inFunction(body), 'f.ts'));
    expect(found.map((change) => change.mutated)).toEqual(mutated);
  });

  test('renamed local, with everything that means it and nothing else', () => {
    const text = [
      'export function f({ size }: { size: number }, by = 2) {',
      '  const scaled = size * by;',
      '  const inner = (size: string) => size.length + by;',
      '  return { size, scaled: scaled + inner("by"), by };',
      '}',
    ].join('\n');
    const renamed = of('renamed local', seedNullChanges(text, 'f.ts')).map((change) =>
      change.apply().split('\n'),
    );
    expect(renamed).toEqual([
      [
        'export function f({ size: theSize }: { size: number }, by = 2) {',
        '  const scaled = theSize * by;',
        '  const inner = (size: string) => size.length + by;',
        '  return { size: theSize, scaled: scaled + inner("by"), by };',
        '}',
      ],
      [
        'export function f({ size }: { size: number }, theBy = 2) {',
        '  const scaled = size * theBy;',
        '  const inner = (size: string) => size.length + theBy;',
        '  return { size, scaled: scaled + inner("by"), by: theBy };',
        '}',
      ],
      [
        'export function f({ size }: { size: number }, by = 2) {',
        '  const theScaled = size * by;',
        '  const inner = (size: string) => size.length + by;',
        '  return { size, scaled: theScaled + inner("by"), by };',
        '}',
      ],
      [
        'export function f({ size }: { size: number }, by = 2) {',
        '  const scaled = size * by;',
        '  const inner = (theSize: string) => theSize.length + by;',
        '  return { size, scaled: scaled + inner("by"), by };',
        '}',
      ],
    ]);
  });

  test('reordered functions keep what is said of them', () => {
    const text =
      'const n = 1;\n\n/** A. */\nfunction a() {}\n\n// Of b.\nexport function b() {}\nfunction c() {}\n';
    expect(of('reordered functions', seedNullChanges(text, 'f.ts')).map((change) => change.apply())).toEqual([
      'const n = 1;\n\n// Of b.\nexport function b() {}\n\n/** A. */\nfunction a() {}\nfunction c() {}\n',
      'const n = 1;\n\n/** A. */\nfunction a() {}\nfunction c() {}\n\n// Of b.\nexport function b() {}\n',
    ]);
  });
});

describe('what might change something is left alone', () => {
  test.each([
    ['the order of two calls', 'turned comparison', 'return Math.random() < Date.now();'],
    ['an accessor', 'turned comparison', 'const o = { get n() { return (a += 1); } }; return o.n < a;'],
    [
      'objects that may have a valueOf',
      'turned comparison',
      'const o = new Date(a); return o < new Date(b);',
    ],
    ['an equality of conditions', 'turned comparison', 'return a < b === !p;', ['b > a']],
    ['text', 'commuted operands', 'return p.s + a;'],
    ['an assignment', 'commuted operands', 'return (a = b) + a;'],
    ['a guard before other work', 'conditional expression', 'if (a < b) return a; b = 2; return b;'],
    ['what a comment is in', 'conditional expression', 'if (a < b) return a; /* else */ return b;'],
    ['a branch that has no else', 'inverted branches', 'if (a < b) { b = 1; }'],
    ['a chain of branches', 'inverted branches', 'if (a) { b = 1; } else if (b) { b = 2; }'],
    ['labels of a switch', 'named constant', "switch (p.s) { case 'x': return a; }"],
    ['names and types', 'named constant', "const o: { x: 1 } = { 'x': 1 }; return o['x'];"],
    ['a directive', 'named constant', "'use strict';"],
    ['the name of a function', 'renamed local', 'const g = () => 1; return g.name;', ['g.name']],
  ])('%s', (_, operator, body, allowed: string[] = []) => {
    const found = of(operator, seedNullChanges(inFunction(body), 'f.ts')).map((change) => change.mutated);
    expect(found.filter((text) => !allowed.some((one) => text.includes(one)))).toEqual([]);
  });

  test.each([
    ['what a file exports', 'renamed local', 'export const a = 1;\nlet b = a;\nexport { b };\n'],
    ['the heading of a file', 'reordered functions', '// Licence.\nfunction a() {}\nfunction b() {}\n'],
    [
      'overloads',
      'reordered functions',
      'let n;\nfunction a(): void;\nfunction a(x?: 1): void {}\nfunction b(): void;\nfunction b(x?: 1): void {}\n',
    ],
    ['a constant of the file', 'named constant', 'export const limit = 5 * 2;\n'],
  ])('%s', (_, operator, text) => {
    expect(of(operator, seedNullChanges(text, 'f.ts'))).toEqual([]);
  });
});

const INPUTS = [
  [0, 0, []],
  [1, 2, [3]],
  [-2.5, 0.1, [1, -1, 0.3]],
  [7, 7, [2, 2]],
] as const;

function answers(text: string): unknown[] {
  const run = compile(text);
  return INPUTS.map(([a, b, xs]) => run(a, b, xs));
}

// Some hundred programs, compiled and run: half a minute where the machine does much else.
test('a null change of any program gives the same answers', { timeout: 120_000 }, () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(programs, fc.integer(), (text, seed) => {
      const before = answers(text);
      const changes = new Draw(seededRandom(seed)).shuffle(seedNullChanges(text, 'main.ts'));
      for (const change of changes.slice(0, 15)) {
        kinds.add(change.operator);
        expect([change, answers(change.apply())]).toStrictEqual([change, before]);
      }
    }),
    { numRuns: 40 },
  );
  expect(kinds.size).toBeGreaterThan(7);
});

describe('drawing', () => {
  test('the same seed draws the same changes, none twice, and all type-check', async () => {
    const changes = await drawNullChanges(BILLING, seededRandom(5), 8);
    const again = await drawNullChanges(BILLING, seededRandom(5), 8);
    expect(again.map((change) => change.apply())).toEqual(changes.map((change) => change.apply()));
    expect(new Set(changes.map((change) => change.apply())).size).toBe(8);
    const billing = await readSources(BILLING);
    const typed = typeSources(billing);
    for (const { file, apply } of changes) {
      expect(typeSources(new Map(billing).set(file, apply()), typed).errors(file)).toEqual([]);
    }
  });

  test('a folder without sources is an error', async () => {
    await expect(drawNullChange(path.join(BILLING, 'test/__snapshots__'), seededRandom(1))).rejects.toThrow(
      'no source that could be worded otherwise',
    );
  });
});
