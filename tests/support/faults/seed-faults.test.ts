import path from 'node:path';
import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { seedFaults } from '../../../loops/admit/code/mutants/seed-faults.ts';
import type { SourceChange } from '../../../loops/admit/code/mutants/source-change.ts';
import { readSources, type Sources, typeSources } from '../../../loops/admit/code/mutants/typed-sources.ts';
import { seededRandom } from '../../../loops/gate/statistics/seeded-random.ts';
import { REPOSITORY } from '../repository.ts';
import { drawFault, drawFaults } from './draw-faults.ts';
import { programs } from './random-program.ts';

const BILLING = path.join(REPOSITORY, 'examples/billing');

const of = (operator: string, changes: readonly SourceChange[]) =>
  changes.filter((change) => change.operator === operator);

describe('each kind of fault', () => {
  const inFunction = (body: string) =>
    `function f(a: number, b: number, xs: number[], s: string) {\n  ${body}\n}`;

  test.each([
    ['boundary', 'return a < b;', ['a <= b']],
    ['boundary', 'return a >= b;', ['a > b']],
    ['negated equality', 'return a === b;', ['a !== b']],
    ['and for or', 'return a < 1 && b < 1;', ['a < 1 || b < 1']],
    ['negated condition', 'if (a < b) a = b;', ['!(a < b)']],
    ['negated condition', 'if (!isNaN(a)) a = b;', ['isNaN(a)']],
    ['negated condition', 'return xs.filter((x) => x > a);', ['!(x > a)']],
    ['other boolean', 'return a < b ? true : b;', ['false']],
    ['arithmetic', 'return a + b;', ['a - b']],
    ['arithmetic', 'a *= b;', ['a /= b']],
    ['swapped operands', 'return (a - 1) / (b - 2);', ['(b - 2) / (a - 1)', '1 - a', '2 - b']],
    ['swapped operands', 'return a - b - 1;', ['1 - (a - b)', 'b - a']],
    ['lost sign', 'return -a;', ['a']],
    ['off by one', 'return a + 2;', ['3', '1']],
    ['off by one', 'return xs[0];', ['1']],
    ['initial value', 'let sum = 0; sum += a; return sum;', ['1']],
    ['initial value', 'return xs.reduce((x, y) => x + y, 1);', ['2', '0']],
    ['default value', 'const g = (n = 5) => n; return g(xs[9] ?? 0);', ['6', '4', '1']],
    ['kindred method', 'return Math.floor(a) + Math.max(a, b);', ['ceil', 'min']],
    ['kindred method', "return xs.some(isNaN) || s.padStart(2, '0') === s;", ['every', 'padEnd']],
    ['swapped arguments', 'return Math.pow(a, b);', ['Math.pow(b, a)']],
    ['sort order', 'return xs.toSorted((x, y) => x - y);', ['(y, x) => x - y']],
    ['sort order', 'const by = (x: number, y: number) => x - y; xs.sort(by);', ['(a, b) => by(b, a)']],
    ['other word', "const g = (w: 'up' | 'down' | 'off') => w; return g('up');", ["'down'", "'off'"]],
    ['other field', 'const p = { from: a, to: b, name: s }; return p.from;', ['to']],
    ['dropped element', 'return [a, ...xs];', ['[...xs]', '[a]']],
    ['removed guard', 'if (a < b) return a; return b;', ['']],
    ['removed guard', "if (a < b) { throw new Error('small'); } return b;", ['']],
    ['early exit', 'for (const x of xs) { a += x; }', [' break;']],
    ['deleted statement', 'a += b; xs.push(a); Math.min(a);', ['', '']],
    ['deleted statement', 'if (a < b) a = b;', ['{}']],
  ])('%s: %s', (operator, body, mutated) => {
    const found = of(operator, seedFaults(inFunction(body), 'f.ts'));
    expect(found.map((change) => change.mutated)).toEqual(mutated);
  });

  test('added guard, for what can be handed back', () => {
    const text = 'export function f(xs: string[], n: number): string[] {\n  return xs.slice(n);\n}\n';
    const [fault, ...others] = of('added guard', seedFaults(text, 'f.ts'));
    expect(others).toEqual([]);
    expect(fault?.apply()).toBe(
      'export function f(xs: string[], n: number): string[] {\n  if (xs.length < 2) return xs;\n  return xs.slice(n);\n}\n',
    );
  });

  test.each([
    ['what an error says', 'throw new Error(String(a - 1));'],
    ['what makes a loop end', 'while (a < b) a += 1;'],
    ['the step of a for loop', 'for (const i = { n: a }; isNaN(i.n); i.n += 1);', /\+=/],
    ['text', "return s + ', ' + s;", /-/],
    ['types', 'const t: 1 | 2 = a as 1 | 2; return t;'],
    ['names', "return { 1: s, a: 'up' };"],
    ['arguments of other types', 'return s.repeat(a) + s.at(b);', /s\.repeat\(b\)/],
    ['methods of the target itself', 'const t = { floor: () => s, ceil: 1 }; t.floor();', /^ceil$/],
  ])('leaves alone %s', (_, body, mutated = /./) => {
    const found = seedFaults(inFunction(body), 'f.ts').map((change) => change.mutated);
    expect(found.filter((text) => mutated.test(text))).toEqual([]);
  });

  test('what is imported has types where its file is given', () => {
    const text = "import { less, n } from './n.ts';\nexport const f = () => less(n, 2 + n);\n";
    const others = new Map([
      ['n.ts', 'export const n: number = 1;\nexport const less = (a: number, b: number) => a < b;\n'],
    ]);
    const [alone, together] = [seedFaults(text, 'f.ts'), seedFaults(text, 'f.ts', others)].map((faults) =>
      faults.map(({ mutated }) => mutated),
    );
    expect(alone).not.toContain('2 - n');
    expect(together).toEqual(expect.arrayContaining(['2 - n', 'less(2 + n, n)', '!(less(n, 2 + n))']));
  });
});

describe('every fault of real sources', async () => {
  const billing = await readSources(BILLING);
  const faults = [...billing].flatMap(([file, text]) => seedFaults(text, file, billing));

  test('there are hundreds, of every kind', () => {
    expect(faults.length).toBeGreaterThan(500);
    expect(new Set(faults.map(({ operator }) => operator)).size).toBe(21);
  });

  test('changes what it says, where it says, and nothing else', () => {
    for (const { file, line, original, mutated, apply } of faults) {
      const before = billing.get(file) ?? '';
      const after = apply();
      expect(after).not.toBe(before);
      expect(after.length - before.length).toBe(mutated.length - original.length);
      const linesBefore = before.split('\n').slice(0, line - 1);
      expect(after.split('\n').slice(0, line - 1)).toEqual(linesBefore);
      const start = linesBefore.map((text) => `${text}\n`).join('').length;
      const [rest, restAfter] = [before.slice(start), after.slice(start)];
      expect(rest).toContain(original);
      expect(restAfter).toContain(mutated);
      const linesAfter = rest.slice(rest.indexOf(original) + original.length);
      expect(restAfter.endsWith(linesAfter.slice(linesAfter.indexOf('\n')))).toBe(true);
    }
  });

  test('parses', () => {
    for (const fault of faults.filter((_, index) => index % 2 === 0)) {
      expect([fault, syntaxErrors(fault.apply())]).toEqual([fault, []]);
    }
  });

  test('nearly always type-checks', () => {
    const typed = typeSources(billing);
    for (const file of billing.keys()) expect(typed.errors(file)).toEqual([]);
    const sample = faults.filter((_, index) => index % 30 === 0);
    const good = sample.filter((fault) => errorsWith(billing, fault, typed).length === 0);
    expect(good.length / sample.length).toBeGreaterThan(0.85);
  });

  test('no two are alike', () => {
    const texts = faults.map((fault) => `${fault.file} ${fault.apply()}`);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

test('a fault of any program is a program', () => {
  fc.assert(
    fc.property(programs, (text) => {
      const faults = seedFaults(text, 'main.ts');
      expect(faults).not.toEqual([]);
      for (const fault of faults)
        expect([fault.apply(), syntaxErrors(fault.apply())]).toEqual([fault.apply(), []]);
    }),
    { numRuns: 15 },
  );
});

describe('drawing', () => {
  test('the same seed draws the same faults, none twice, and all type-check', async () => {
    const seed = 20_261;
    const faults = await drawFaults(BILLING, seededRandom(seed), 8);
    const again = await drawFaults(BILLING, seededRandom(seed), 8);
    expect(again.map((fault) => fault.apply())).toEqual(faults.map((fault) => fault.apply()));
    expect(new Set(faults.map((fault) => fault.apply())).size).toBe(8);
    expect(new Set(faults.map(({ operator }) => operator)).size).toBeGreaterThan(4);
    const billing = await readSources(BILLING);
    const typed = typeSources(billing);
    for (const fault of faults) expect(errorsWith(billing, fault, typed)).toEqual([]);
  });

  test('another seed draws others', async () => {
    const [one, other] = await Promise.all([1, 2].map((seed) => drawFault(BILLING, seededRandom(seed))));
    expect(one?.apply()).not.toBe(other?.apply());
  });

  test('a folder without sources is an error', async () => {
    await expect(drawFault(path.join(BILLING, 'test'), seededRandom(1))).resolves.toBeDefined();
    await expect(drawFault(path.join(BILLING, 'test/__snapshots__'), seededRandom(1))).rejects.toThrow(
      'no source in which a fault could be seeded',
    );
  });
});

test('tests, configuration and declarations are no sources', async () => {
  expect([...(await readSources(BILLING)).keys()]).toEqual(
    [
      'calendar',
      'charge',
      'discount',
      'index',
      'invoice',
      'money',
      'period',
      'price',
      'proration',
      'render',
      'tax',
    ].map((name) => `src/${name}.ts`),
  );
});

function errorsWith(
  sources: Sources,
  { file, apply }: SourceChange,
  typed: ReturnType<typeof typeSources>,
): string[] {
  return typeSources(new Map(sources).set(file, apply()), typed).errors(file);
}

function syntaxErrors(text: string): string[] {
  const source = ts.createSourceFile('parsed.ts', text, ts.ScriptTarget.ES2023);
  const { parseDiagnostics } = source as unknown as { parseDiagnostics: readonly ts.Diagnostic[] };
  return parseDiagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

test('what does not parse is seen', () => {
  expect(syntaxErrors('const a = ;')).toEqual(['Expression expected.']);
});
