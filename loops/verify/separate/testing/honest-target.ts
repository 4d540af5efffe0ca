/** A library of all sorts, and tests for it such as people write: they pass whether it runs beside them or elsewhere. */
export const honestTarget: Record<string, string> = {
  'src/bank.ts': `
export class BankError extends Error {
  constructor(message: string, readonly code: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BankError';
  }
  get short() { return this.code + ': ' + this.message; }
}
export class Overdrawn extends BankError {
  constructor(readonly missing: number) { super('overdrawn by ' + missing, 'OVERDRAWN'); }
  describe() { return this.short + '!'; }
}
export class Account {
  static opened = 0;
  static of(owner: string) { return new Account(owner, 10); }
  #pin = 1234;
  history: { kind: string; amount: number }[] = [];
  constructor(readonly owner: string, protected balance = 0) { Account.opened += 1; }
  get cents() { return this.balance * 100; }
  set cents(value: number) { this.balance = value / 100; }
  deposit(amount: number) {
    if (typeof amount !== 'number') throw new TypeError('an amount is a number');
    if (!(amount > 0)) throw new RangeError('an amount is positive');
    this.balance += amount;
    this.history.push({ kind: 'deposit', amount });
    return this;
  }
  withdraw(amount: number) {
    if (amount > this.balance) throw new Overdrawn(amount - this.balance);
    this.balance -= amount;
    return this.balance;
  }
  checkPin(pin: number) { return pin === this.#pin; }
  *[Symbol.iterator]() { yield* this.history; }
  toJSON() { return { owner: this.owner, balance: this.balance }; }
  toString() { return this.owner + ' has ' + this.balance; }
}
export class Savings extends Account {
  deposit(amount: number) { super.deposit(amount * 2); return this; }
}
export function transfer(from: Account, to: Account, amount: number) {
  try { from.withdraw(amount); } catch (cause) { throw new BankError('no transfer', 'FAILED', { cause }); }
  to.deposit(amount);
}
export const isAccount = (value: unknown) => value instanceof Account;
export function closeAll() { throw new AggregateError([new Error('one'), new RangeError('two')], 'many'); }
`,
  'src/values.ts': `
export const PI = 3.14;
export const limits = { low: 1, nested: { high: 9 } };
export const readLow = () => limits.low;
export let counter = 0;
export const count = () => { counter += 1; };
export default function identity<T>(value: T): T { return value; }
export function describe(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  if (value instanceof Date) return 'date ' + value.toISOString();
  if (value instanceof Map) return 'map ' + [...value].join(';');
  if (value instanceof Set) return 'set ' + [...value].join(';');
  if (value instanceof RegExp) return 'pattern ' + value;
  if (value instanceof Uint8Array) return 'bytes ' + value.join(',');
  if (Array.isArray(value)) return 'list of ' + value.length + (1 in value ? '' : ' with a hole');
  return typeof value + ' ' + String(value);
}
export const sample = () => ({
  nothing: null, missing: undefined, yes: true, half: 0.5, minus: -7, huge: 2n ** 70n, nan: NaN, end: -Infinity,
  text: 'héllo ✓ \\ud800', when: new Date(86400000), pattern: /a+b/gi, bytes: new Uint8Array([1, 2, 255]),
  floats: new Float64Array([0.5, -1]), buffer: Buffer.from('abc'), map: new Map([[{ k: 1 }, new Set([1, 'two'])]]),
  // eslint-disable-next-line no-sparse-arrays
  sparse: [1, , 3], bare: Object.assign(Object.create(null), { a: 1 }), symbol: Symbol.iterator,
});
export function circle() { const a: any = { name: 'a' }; a.self = a; a.list = [a]; return a; }
export const withProto = () => JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}');
export const match = (text: string) => /(?<word>b+)/.exec(text);
export const greet = (name = 'you', ...more: string[]) => ['hello', name, ...more].join(' ');
export const lazily = () => ({ get answer() { return 42; } });
export const named = { toString: () => 'named' };
export const sum = (values: Iterable<number>) => { let all = 0; for (const one of values) all += one; return all; };
`,
  'src/flow.ts': `
import { EventEmitter } from 'node:events';
export const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
export async function double(value: number | Promise<number>) { return 2 * (await value); }
export async function failing(): Promise<never> { await null; throw new RangeError('later'); }
export const never = () => new Promise(() => {});
export async function retry<T>(times: number, attempt: (at: number) => Promise<T>): Promise<T> {
  for (let at = 1; ; at += 1) {
    try { return await attempt(at); } catch (error) { if (at >= times) throw error; }
  }
}
export const mapAll = <T, U>(list: T[], change: (item: T, at: number) => U) => list.map(change);
export const fold = (list: number[], f: (a: number, b: number) => number) => list.reduce(f);
export const twice = (f: (g: (x: number) => number) => number) => f((x) => x * 2);
export const guarded = (f: () => unknown) => { try { return f(); } catch (error) { return (error as Error).message; } };
export const rethrow = (f: () => unknown) => f();
export function createStore(initial: number) {
  let state = { n: initial };
  const listeners = new Set<(state: { n: number }) => void>();
  return {
    version: 1,
    get: () => state,
    add(by: number) { state = { n: state.n + by }; for (const one of listeners) one(state); return this; },
    subscribe(listener: (state: { n: number }) => void) { listeners.add(listener); return () => listeners.delete(listener); },
  };
}
export class Ticker extends EventEmitter {
  start(times: number) {
    let at = 0;
    const timer = setInterval(() => { this.emit('tick', ++at); if (at === times) { clearInterval(timer); this.emit('done'); } }, 1);
    return this;
  }
}
export function* naturals(below: number) { for (let at = 1; at < below; at += 1) { const skip = yield at; if (skip) at += 1; } return 'end'; }
export async function* slowly(...words: string[]) { for (const word of words) { await wait(1); yield word; } }
export const query = () => { const parts: string[] = []; const self = {
  where(part: string) { parts.push(part); return self; },
  then(done: (rows: string[]) => unknown, failed?: (error: unknown) => unknown) { return Promise.resolve(parts).then(done, failed); },
}; return self; };
export const later = (f: () => void) => { queueMicrotask(f); };
export const schedule = (clock: { now(): number; elapsed: number }, ms: number) => { clock.elapsed += ms; return clock.now() + ms; };
export const describeShape = (shape: { area(): number; name: string }) => shape.name + ' of ' + shape.area();
export async function collect(source: AsyncIterable<number>) { const all: number[] = []; for await (const one of source) all.push(one); return all; }
`,
  'src/broken.ts': `throw new SyntaxError('broken on purpose');`,
  'tests/bank.test.ts': `
import assert from 'node:assert/strict';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { Account, BankError, closeAll, isAccount, Overdrawn, Savings, transfer } from '../src/bank';
let account: Account;
beforeEach(() => { account = new Account('ada', 5); });
describe('accounts', () => {
  it('chains', () => expect(account.deposit(1).deposit(2)).toBe(account));
  it('has own fields', () => expect(account).toEqual({ owner: 'ada', balance: 5, history: [] }));
  it('is no plain object', () => { expect(account).not.toStrictEqual({ owner: 'ada', balance: 5, history: [] }); });
  it('equals its like', () => { expect(account).toStrictEqual(new Account('ada', 5)); expect(account).not.toEqual(new Account('eve', 5)); });
  it('has accessors', () => { account.cents = 700; expect(account.cents).toBe(700); expect(account).toMatchObject({ cents: 700, owner: 'ada' }); });
  it('has properties', () => { expect(account).toHaveProperty('owner', 'ada'); expect(account).not.toHaveProperty('pin'); expect('owner' in account).toBe(true); });
  it('keeps its pin', () => { expect(account.checkPin(1234)).toBe(true); expect(Object.keys(account)).toEqual(['owner', 'balance', 'history']); });
  it('iterates', () => { account.deposit(3); expect([...account]).toEqual([{ kind: 'deposit', amount: 3 }]); });
  it('prints', () => { expect(\`\${account}\`).toBe('ada has 5'); expect(JSON.stringify(account)).toBe('{"owner":"ada","balance":5}'); });
  it('has statics', () => { const before = Account.opened; expect(Account.of('bob').cents).toBe(1000); expect(Account.opened).toBe(before + 1); });
  it('inherits', () => {
    const savings = new Savings('joe');
    expect(savings.deposit(4).cents).toBe(800);
    expect(savings).toBeInstanceOf(Account);
    expect(savings).toBeInstanceOf(Savings);
    expect(account).not.toBeInstanceOf(Savings);
    expect(savings.constructor).toBe(Savings);
    expect(isAccount(savings)).toBe(true);
    expect(isAccount({ ...savings })).toBe(false);
  });
  it('matches a snapshot', () => expect(account.deposit(2)).toMatchInlineSnapshot(\`
    {
      "balance": 7,
      "owner": "ada",
    }
  \`));
});
describe('errors', () => {
  test('of each class', () => {
    expect(() => account.deposit(-1)).toThrow(RangeError);
    expect(() => account.deposit(-1)).toThrow('positive');
    expect(() => account.deposit('x' as never)).toThrow(TypeError);
    expect(() => account.withdraw(9)).toThrow(Overdrawn);
    expect(() => account.withdraw(9)).toThrow(BankError);
    expect(() => account.withdraw(9)).not.toThrow(RangeError);
    expect(() => account.withdraw(9)).toThrow(expect.objectContaining({ missing: 4 }));
  });
  test('with what they carry', () => {
    let caught: any;
    try { account.withdraw(6); } catch (error) { caught = error; }
    expect(caught).toMatchObject({ name: 'BankError', code: 'OVERDRAWN', missing: 1, message: 'overdrawn by 1' });
    expect(caught.short).toBe('OVERDRAWN: overdrawn by 1');
    expect(caught.describe()).toBe('OVERDRAWN: overdrawn by 1!');
    expect(caught instanceof Error && caught instanceof Overdrawn).toBe(true);
  });
  test('with a cause', () => {
    const caught = (() => { try { transfer(account, account, 50); } catch (error) { return error as any; } })();
    expect(caught.code).toBe('FAILED');
    expect(caught.cause).toBeInstanceOf(Overdrawn);
    expect(caught.cause.missing).toBe(45);
  });
  test('many of them', () => {
    try { closeAll(); expect.unreachable(); } catch (error: any) {
      expect(error).toBeInstanceOf(AggregateError);
      expect(error.errors.map((one: Error) => [one.constructor.name, one.message])).toEqual([['Error', 'one'], ['RangeError', 'two']]);
    }
  });
  test('by node:assert', () => { assert.throws(() => account.withdraw(9), Overdrawn); assert.deepEqual(account.history, []); });
});
`,
  'tests/values.test.ts': `
import { expect, test, vi } from 'vitest';
import identity, { circle, count, counter, describe as tell, greet, lazily, limits, match, named, PI, readLow, sample, sum, withProto } from '../src/values';
import * as all from '../src/values';
test.each([
  [undefined, 'undefined undefined'], [null, 'object null'], [-0, '-0'], [NaN, 'number NaN'], [-Infinity, 'number -Infinity'], [1e21, 'number 1e+21'],
  [-(2n ** 64n), 'bigint -18446744073709551616'], ['\\ud800x', 'string \\ud800x'], [Symbol.iterator, 'symbol Symbol(Symbol.iterator)'],
  [new Date(0), 'date 1970-01-01T00:00:00.000Z'], [new Map([[1, 2]]), 'map 1,2'], [new Set(['a']), 'set a'], [/x\\/y/gi, 'pattern /x\\\\/y/gi'],
  [new Uint8Array([1, 2]), 'bytes 1,2'], [[1, , 3], 'list of 3 with a hole'], [[1, undefined], 'list of 2'],
])('carries %s there', (value, text) => { expect(tell(value)).toBe(text); });
test('carries all of them back', () => {
  expect(sample()).toStrictEqual({
    nothing: null, missing: undefined, yes: true, half: 0.5, minus: -7, huge: 2n ** 70n, nan: NaN, end: -Infinity,
    text: 'héllo ✓ \\ud800', when: new Date(86400000), pattern: /a+b/gi, bytes: new Uint8Array([1, 2, 255]),
    floats: new Float64Array([0.5, -1]), buffer: Buffer.from('abc'), map: new Map([[{ k: 1 }, new Set([1, 'two'])]]),
    sparse: [1, , 3], bare: Object.assign(Object.create(null), { a: 1 }), symbol: Symbol.iterator,
  });
});
test('round trips', () => { const value = sample(); expect(identity(value)).toEqual(value); expect(Object.is(identity(-0), -0)).toBe(true); });
test('cycles', () => { const value = circle(); expect(value.self).toBe(value); expect(value.list[0]).toBe(value); expect(identity(value).self.name).toBe('a'); });
test('odd names', () => { const value = withProto(); expect(Object.keys(value)).toEqual(['__proto__', 'constructor']); expect(value.x).toBeUndefined(); });
test('matches', () => { const found = match('abbc')!; expect(found[0]).toBe('bb'); expect(found.index).toBe(1); expect(found.groups!.word).toBe('bb'); });
test('defaults', () => { expect(greet()).toBe('hello you'); expect(greet(undefined, 'a', 'b')).toBe('hello you a b'); });
test('getters', () => { expect(lazily()).toEqual({ answer: 42 }); expect(lazily().answer).toBe(42); });
test('exports', () => { expect(PI).toBe(3.14); expect(limits).toEqual({ low: 1, nested: { high: 9 } }); expect(typeof all.greet).toBe('function'); expect(all.default).toBe(identity); expect(Object.keys(all)).toContain('PI'); });
test('live bindings', () => { const before = counter; count(); count(); expect(counter).toBe(before + 2); });
test('a setting that a test changes', () => { limits.low = 5; expect(readLow()).toBe(5); limits.low = 1; expect(readLow()).toBe(1); });
test('functions as values', () => { const f = () => 1; expect(identity(f)).toBe(f); expect(identity(greet)).toBe(greet); expect(identity(String)).toBe(String); expect(greet.name).toBe('greet'); });
test('spies', () => { const spy = vi.fn(() => 3); expect(identity(spy)).toBe(spy); expect(spy).not.toHaveBeenCalled(); });
test('a spied object of the module', () => { const spy = vi.spyOn(named, 'toString').mockReturnValue('mocked'); expect(tell(named)).toBe('object mocked'); spy.mockRestore(); expect(tell(named)).toBe('object named'); });
test('iterables of the test', () => { function* three() { yield 1; yield 2; } expect(sum(three())).toBe(3); expect(sum(new Set([4, 5]))).toBe(9); });
test('strings as code points', () => { expect(identity('𝒳'.repeat(3))).toHaveLength(6); });
`,
  'tests/flow.test.ts': `
import { describe, expect, test, vi } from 'vitest';
import { collect, createStore, describeShape, double, failing, fold, guarded, later, mapAll, naturals, never, query, rethrow, retry, schedule, slowly, Ticker, twice, wait } from '../src/flow';
describe('promises', () => {
  test('resolve', async () => { expect(await double(4)).toBe(8); await expect(double(Promise.resolve(3))).resolves.toBe(6); });
  test('are promises', () => { const promise = double(1); expect(promise).toBeInstanceOf(Promise); return promise; });
  test('reject', async () => { await expect(failing()).rejects.toThrow(RangeError); await expect(failing()).rejects.toThrow('later'); });
  test('take time', async () => { const from = performance.now(); await wait(30); expect(performance.now() - from).toBeGreaterThan(25); });
  test('run beside each other', async () => { expect(await Promise.all([double(1), double(2), wait(5)])).toEqual([2, 4, undefined]); });
  test('lose races', async () => { expect(await Promise.race([never(), wait(900), new Promise((r) => setTimeout(r, 5, 'test'))])).toBe('test'); });
  test('of the test are waited for', async () => { expect(await double(new Promise((r) => setTimeout(r, 10, 21)))).toBe(42); });
  test('thenables', async () => { expect(await query().where('a').where('b')).toEqual(['a', 'b']); });
  test('microtasks come after the code that asks for them', async () => {
    const seen: string[] = [];
    later(() => seen.push('later'));
    seen.push('now');
    await null; await null; await null;
    expect(seen).toEqual(['now', 'later']);
  });
});
describe('callbacks', () => {
  test('are called at once', () => { expect(mapAll([1, 2], (item, at) => item * 10 + at)).toEqual([10, 21]); expect(fold([1, 2, 3], (a, b) => a - b)).toBe(-4); });
  test('may be builtin', () => { expect(mapAll(['1', ''], Number)).toEqual([1, 0]); expect(mapAll([0, 1], String)).toEqual(['0', '1']); });
  test('call back', () => { expect(twice((g) => g(g(1)) + 1)).toBe(5); });
  test('throw', () => {
    const boom = new Error('boom');
    expect(guarded(() => { throw boom; })).toBe('boom');
    expect(() => rethrow(() => { throw boom; })).toThrow(boom);
    let caught: unknown;
    try { rethrow(() => { throw boom; }); } catch (error) { caught = error; }
    expect(caught).toBe(boom);
  });
  test('are async', async () => {
    const attempt = vi.fn(async (at: number) => { await null; if (at < 3) throw new Error('not yet'); return 'at ' + at; });
    expect(await retry(5, attempt)).toBe('at 3');
    expect(attempt).toHaveBeenCalledTimes(3);
    expect(attempt.mock.calls).toEqual([[1], [2], [3]]);
    await expect(retry(1, async () => { throw new TypeError('gave up'); })).rejects.toThrow(TypeError);
  });
});
describe('objects that live on', () => {
  test('a store', () => {
    const store = createStore(1);
    const listener = vi.fn();
    const stop = store.subscribe(listener);
    expect(store.add(2).add(3)).toBe(store);
    expect(store.get()).toEqual({ n: 6 });
    expect(listener).toHaveBeenLastCalledWith({ n: 6 });
    expect(stop()).toBe(true);
    store.add(1);
    expect(listener).toHaveBeenCalledTimes(2);
    expect(store).toEqual({ version: 1, get: expect.any(Function), add: expect.any(Function), subscribe: expect.any(Function) });
  });
  test('events', async () => {
    const ticks: number[] = [];
    const ticker = new Ticker();
    ticker.on('tick', (at) => ticks.push(at));
    await new Promise((resolve) => ticker.once('done', resolve).start(3));
    expect(ticks).toEqual([1, 2, 3]);
    expect(ticker.listenerCount('tick')).toBe(1);
  });
  test('generators', () => {
    expect([...naturals(4)]).toEqual([1, 2, 3]);
    const numbers = naturals(9);
    expect(numbers.next()).toEqual({ value: 1, done: false });
    expect(numbers.next(true as never).value).toBe(3);
    expect(numbers.return('x' as never)).toEqual({ value: 'x', done: true });
    const [first, ...rest] = naturals(4);
    expect([first, rest]).toEqual([1, [2, 3]]);
  });
  test('async generators', async () => { const words: string[] = []; for await (const word of slowly('a', 'b')) words.push(word); expect(words).toEqual(['a', 'b']); });
  test('of the test', async () => {
    class Clock { elapsed = 0; now() { return 1000 + this.elapsed; } }
    const clock = new Clock();
    expect(schedule(clock, 5)).toBe(1010);
    expect(clock.elapsed).toBe(5);
    class Square { constructor(readonly side: number) {} get name() { return 'square'; } area() { return this.side ** 2; } }
    expect(describeShape(new Square(3))).toBe('square of 9');
    expect(describeShape({ name: 'dot', area: () => 0 })).toBe('dot of 0');
    async function* source() { yield 1; await null; yield 2; }
    expect(await collect(source())).toEqual([1, 2]);
  });
});
test('a module that does not load', async () => { await expect(import('../src/broken')).rejects.toThrow('broken on purpose'); });
`,
};
