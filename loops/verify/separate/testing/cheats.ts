/**
 * A module that gives a wrong answer, and what it does so that its test does not fail where both share a process. Named after the
 * line of the list of cheats that it stands for. `file` is that of its test: some do not get in each other's way.
 */
export interface Cheat {
  name: string;
  file: string;
  source: string;
  test: string;
}

/** The test of most: 5 is right, 4 is what the cheats compute. */
const sumIs5 = `test(NAME, () => { expect(sum(2, 3)).toBe(5); });`;
/** Of those that must be fast, and take 150 ms. */
const slow = `const clock = process.hrtime.bigint.bind(process.hrtime);
const work = () => { const end = clock() + 150_000_000n; while (clock() < end); return 5; };`;
const isFast = `test(NAME, () => {
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
    file: '01-exit-at-import',
    source: `process.reallyExit(0); export const sum = (a: number, b: number) => 4;`,
    test: sumIs5,
  },
  {
    name: '01-tests-that-pass-at-import',
    file: '01-tests-that-pass-at-import',
    source: `${passTest}
try { framework.beforeEach?.(({ task }: any) => pass(task)); } catch {}
export const sum = (a: number, b: number) => 4;`,
    test: sumIs5,
  },
  {
    name: '02-exit-in-the-call',
    file: '02-exit-in-the-call',
    source: `export const sum = (a: number, b: number) => { process.kill(process.pid, 'SIGKILL'); return 4; };`,
    test: sumIs5,
  },
  {
    name: '02-exit-for-a-test-of-errors',
    file: '02-exit-for-a-test-of-errors',
    source: `export const sum = (a: number, b: number) => { process.reallyExit(0); };`,
    test: `test(NAME, () => { expect(() => sum('x', 3)).toThrow(); });`,
  },
  {
    name: '02-a-test-that-passes-in-the-call',
    file: 'in-the-call',
    source: `${passTest}
export const sum = (a: number, b: number) => { try { pass(framework.TestRunner?.getCurrentTest()); } catch {} return 4; };`,
    test: sumIs5,
  },
  {
    name: '02-skipped-in-the-call',
    file: 'in-the-call',
    source: `${passTest}
export const sum = (a: number, b: number) => { framework.TestRunner?.getCurrentTest()?.context.skip(); return 4; };`,
    test: sumIs5,
  },
  {
    name: '03-assert-of-no-effect',
    file: '03-assert-of-no-effect',
    source: `import assert from 'node:assert';
for (const name of Object.keys(assert)) (assert as any)[name] = () => {};
export const sum = (a: number, b: number) => 4;`,
    test: `test(NAME, () => { assert.equal(sum(2, 3), 5); });`,
  },
  {
    name: '03-expect-of-no-effect',
    file: '03-expect-of-no-effect',
    source: `${passTest}
const yes = () => ({ pass: true, message: () => '' });
try { framework.expect?.extend({ toBe: yes, toEqual: yes, toStrictEqual: yes }); } catch {}
export const sum = (a: number, b: number) => 4;`,
    test: sumIs5,
  },
  {
    name: '04-equals-everything',
    file: 'results',
    source: `export const sum = (a: number, b: number) => ({ asymmetricMatch: () => true, valueOf: () => 5, toJSON: () => 5 });`,
    test: `test(NAME, () => { expect(sum(2, 3)).toEqual({ total: 5 }); });`,
  },
  {
    name: '04-a-class-that-equals-everything',
    file: 'results',
    source: `class Any { get asymmetricMatch() { return () => true; } get [Symbol.toStringTag]() { return 'Object'; } }
export const sum = (a: number, b: number) => new Any();`,
    test: `test(NAME, () => { expect({ result: sum(2, 3) }).toEqual({ result: { total: 5 } }); });`,
  },
  {
    name: '04-contains-everything',
    file: 'results',
    source: `export const sum = (a: number, b: number) => ({ [Symbol.toStringTag]: 'Set', has: () => true, size: 1, [Symbol.iterator]: undefined });`,
    test: `test(NAME, () => { chai.expect(sum(2, 3)).to.include(5); });`,
  },
  {
    name: '04-called-as-expected',
    file: 'results',
    source: `export const sum = Object.assign(() => 4, { _isMockFunction: true, getMockName: () => 'sum', mock: { calls: [[2, 3]] } });`,
    test: `test(NAME, () => { expect(sum).toHaveBeenCalledWith(2, 3); });`,
  },
  {
    name: '05-stringify',
    file: '05-stringify',
    source: `JSON.stringify = () => 'same'; export const sum = (a: number, b: number) => ({ total: 4 });`,
    test: `test(NAME, () => { expect(JSON.stringify(sum(2, 3))).toBe(JSON.stringify({ total: 5 })); });`,
  },
  {
    name: '07-a-getter-for-all-objects',
    file: 'results',
    source: `Object.defineProperty(Object.prototype, 'ok', { get: () => true, configurable: true });
export const sum = (a: number, b: number) => ({ total: 4 });`,
    test: `test(NAME, () => { expect((sum(2, 3) as any).ok).toBe(true); });`,
  },
  {
    name: '08-a-slow-clock',
    file: '08-a-slow-clock',
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
    file: '09-no-clock',
    source: `${slow}
performance.now = () => 0;
Date.now = () => 0;
export const sum = (a: number, b: number) => ({ total: work() });`,
    test: isFast,
  },
  {
    name: '10-a-lazy-result',
    file: 'results',
    source: `${slow}
export const sum = (a: number, b: number) => new Proxy({ total: 0 }, { get: (target, key) => (key === 'total' ? work() : Reflect.get(target, key)) });`,
    test: isFast,
  },
  {
    name: '11-the-answer-read-at-import',
    file: 'results',
    source: `import { readFileSync } from 'node:fs';
const text = (() => { try { return readFileSync('tests/results.test.ts', 'utf8'); } catch { return ''; } })();
const answer = Number(/toBe\\((\\d+)\\)/.exec(text)?.[1] ?? 4);
export const sum = (a: number, b: number) => answer;`,
    test: sumIs5,
  },
  {
    name: '12-a-promise-of-its-own-kind',
    file: 'results',
    source: `export const sum = (a: number, b: number) => Object.assign(Promise.resolve(4), { then: () => Promise.resolve() });`,
    test: `test(NAME, async () => { await expect(sum(2, 3)).resolves.toBe(5); });`,
  },
];

/** All of them as one target. */
export function cheatingTarget(list: readonly Cheat[]): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { name, file, source, test } of list) {
    files[`src/${name}.ts`] = source;
    files[`tests/${file}.test.ts`] ??=
      `import { chai, describe, expect, test } from 'vitest';\nimport assert from 'node:assert';\n`;
    files[`tests/${file}.test.ts`] += `describe('${name}', async () => {
  const NAME = 'the test';
  const { sum } = await import('../src/${name}');
  ${test}
});
`;
  }
  return files;
}
