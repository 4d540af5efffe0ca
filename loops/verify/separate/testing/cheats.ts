/**
 * A module that gives wrong answers, and what it does so that its test passes all the same where both share a process. `fools` says
 * that vitest's report has no failed test then.
 */
export interface Cheat {
  name: string;
  fools: boolean;
  source: string;
  test: string;
}

/** The test of most: 5 is right, 4 is what the cheats compute. */
const sumIs5 = `test('sums', () => { expect(sum(2, 3)).toBe(5); });`;
/** Of those that must be fast, and take 150 ms. */
const slow = `const clock = process.hrtime.bigint.bind(process.hrtime);
const work = () => { const end = clock() + 150_000_000n; while (clock() < end); return 5; };`;
const isFast = `test('sums fast', () => {
  const from = performance.now();
  const wall = Date.now();
  const result = sum(2, 3);
  const ms = Math.max(performance.now() - from, Date.now() - wall);
  expect(result).toEqual({ total: 5 });
  expect(ms).toBeLessThan(75);
});`;
/** What vitest has instead of process.exit(0), which it intercepts: the run goes on, and a test cannot fail any more. */
const passTest = `
const pass = (test: any) => {
  if (!test) return;
  test.result ??= {};
  Object.defineProperty(test.result, 'state', { get: () => 'pass', set() {}, enumerable: true });
  Object.defineProperty(test.result, 'errors', { get: () => [], set() {}, enumerable: true });
};
const framework: any = await import('vitest').catch(() => ({}));`;

export const cheats: readonly Cheat[] = [
  {
    name: '01-exit-at-import',
    fools: false,
    source: `process.reallyExit(0); export const sum = (a: number, b: number) => 4;`,
    test: sumIs5,
  },
  {
    name: '01-tests-that-pass-at-import',
    fools: true,
    source: `${passTest}
try { framework.beforeEach?.(({ task }: any) => pass(task)); } catch {}
export const sum = (a: number, b: number) => 4;`,
    test: sumIs5,
  },
  {
    name: '02-exit-in-the-call',
    fools: false,
    source: `export const sum = (a: number, b: number) => { process.kill(process.pid, 'SIGKILL'); return 4; };`,
    test: sumIs5,
  },
  {
    name: '02-exit-for-a-test-of-errors',
    fools: false,
    source: `export const sum = (a: number, b: number) => { process.reallyExit(0); };`,
    test: `test('refuses', () => { expect(() => sum('x', 3)).toThrow(); });`,
  },
  {
    name: '02-a-test-that-passes-in-the-call',
    fools: true,
    source: `${passTest}
export const sum = (a: number, b: number) => { try { pass(framework.TestRunner?.getCurrentTest()); } catch {} return 4; };`,
    test: sumIs5,
  },
  {
    name: '02-skipped-in-the-call',
    fools: true,
    source: `${passTest}
export const sum = (a: number, b: number) => { framework.TestRunner?.getCurrentTest()?.context.skip(); return 4; };`,
    test: sumIs5,
  },
  {
    name: '03-assert-of-no-effect',
    fools: true,
    source: `import assert from 'node:assert';
for (const name of Object.keys(assert)) (assert as any)[name] = () => {};
export const sum = (a: number, b: number) => 4;`,
    test: `import assert from 'node:assert'; test('sums', () => { assert.equal(sum(2, 3), 5); });`,
  },
  {
    name: '03-expect-of-no-effect',
    fools: true,
    source: `${passTest}
const yes = () => ({ pass: true, message: () => '' });
try { framework.expect?.extend({ toBe: yes, toEqual: yes, toStrictEqual: yes }); } catch {}
export const sum = (a: number, b: number) => 4;`,
    test: sumIs5,
  },
  {
    name: '04-equals-everything',
    fools: true,
    source: `export const sum = (a: number, b: number) => ({ asymmetricMatch: () => true, valueOf: () => 5, toJSON: () => 5 });`,
    test: `test('sums', () => { expect(sum(2, 3)).toEqual({ total: 5 }); });`,
  },
  {
    name: '04-a-class-that-equals-everything',
    fools: true,
    source: `class Any { get asymmetricMatch() { return () => true; } get [Symbol.toStringTag]() { return 'Object'; } }
export const sum = (a: number, b: number) => new Any();`,
    test: `test('sums', () => { expect({ result: sum(2, 3) }).toEqual({ result: { total: 5 } }); });`,
  },
  {
    name: '04-contains-everything',
    fools: true,
    source: `export const sum = (a: number, b: number) => ({ [Symbol.toStringTag]: 'Set', has: () => true, size: 1, [Symbol.iterator]: undefined });`,
    test: `import { chai } from 'vitest'; test('sums', () => { chai.expect(sum(2, 3)).to.include(5); });`,
  },
  {
    name: '04-called-as-expected',
    fools: true,
    source: `export const sum = Object.assign(() => 4, { _isMockFunction: true, getMockName: () => 'sum', mock: { calls: [[2, 3]] } });`,
    test: `test('is called', () => { expect(sum).toHaveBeenCalledWith(2, 3); });`,
  },
  {
    name: '05-stringify',
    fools: true,
    source: `JSON.stringify = () => 'same'; export const sum = (a: number, b: number) => ({ total: 4 });`,
    test: `test('sums', () => { expect(JSON.stringify(sum(2, 3))).toBe(JSON.stringify({ total: 5 })); });`,
  },
  {
    name: '07-a-getter-for-all-objects',
    fools: true,
    source: `Object.defineProperty(Object.prototype, 'ok', { get: () => true, configurable: true });
export const sum = (a: number, b: number) => ({ total: 4 });`,
    test: `test('is ok', () => { expect((sum(2, 3) as any).ok).toBe(true); });`,
  },
  {
    name: '08-a-slow-clock',
    fools: true,
    source: `${slow}
for (const [owner, name] of [[performance, 'now'], [Date, 'now']] as [any, string][]) {
  const now = owner[name].bind(owner);
  const start = now();
  owner[name] = () => start + (now() - start) / 1000;
}
export const sum = (a: number, b: number) => ({ total: work() });`,
    test: isFast,
  },
  {
    name: '09-no-clock',
    fools: true,
    source: `${slow}
performance.now = () => 0;
Date.now = () => 0;
export const sum = (a: number, b: number) => ({ total: work() });`,
    test: isFast,
  },
  {
    name: '10-a-lazy-result',
    fools: true,
    source: `${slow}
export const sum = (a: number, b: number) => new Proxy({ total: 0 }, { get: (target, key) => (key === 'total' ? work() : Reflect.get(target, key)) });`,
    test: isFast,
  },
  {
    name: '11-the-answer-read-at-import',
    fools: true,
    source: `import { readFileSync } from 'node:fs';
const text = (() => { try { return readFileSync('tests/11-the-answer-read-at-import.test.ts', 'utf8'); } catch { return ''; } })();
const answer = Number(/toBe\\((\\d+)\\)/.exec(text)?.[1] ?? 4);
export const sum = (a: number, b: number) => answer;`,
    test: sumIs5,
  },
  {
    name: '12-a-promise-of-its-own-kind',
    fools: true,
    source: `export const sum = (a: number, b: number) => Object.assign(Promise.resolve(4), { then: () => Promise.resolve() });`,
    test: `test('sums', async () => { await expect(sum(2, 3)).resolves.toBe(5); });`,
  },
];

/** All of them as one target: each test file has a process of its own anyway. */
export function cheatingTarget(list: readonly Cheat[]): Record<string, string> {
  return Object.fromEntries(
    list.flatMap(({ name, source, test }) => [
      [`src/${name}.ts`, source],
      [
        `tests/${name}.test.ts`,
        `import { expect, test } from 'vitest';\nimport { sum } from '../src/${name}';\n${test}`,
      ],
    ]),
  );
}
