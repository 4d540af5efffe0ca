import { isDeepStrictEqual } from 'node:util';
import v8 from 'node:v8';
import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Malformed } from './bytes.mjs';
import { guard } from './guard.mjs';
import { Peer } from './peer.mjs';
import { connectPeers } from './testing/connect-peers.ts';

const key = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'then', 'length', ''),
);
const primitive = fc.oneof(
  fc.constantFrom(undefined, null, true, false, Number.NaN, -0, Infinity, -Infinity, Symbol.iterator),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.string({ unit: 'binary' }),
  // Halves of surrogate pairs.
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
const leaf = fc.oneof(
  primitive,
  // Node 20 holds no invalid date equal to another: they have a test of their own.
  fc.date({ noInvalidDate: true }),
  fc.constantFrom(/a+(?<b>c)/giu, /\/\n/y),
  fc.uint8Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.uint8Array().map((bytes) => bytes.slice().buffer),
  fc
    .tuple(fc.string(), fc.constantFrom(Error, RangeError, SyntaxError))
    .map(([text, Base]) => new Base(text)),
);
const { value } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    leaf,
    tie('object'),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.sparseArray(tie('value'), { maxNumElements: 4, maxLength: 12 }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => new Set(items)),
  ),
  object: fc
    .tuple(fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }), fc.boolean())
    .map(([fields, bare]) => objectOf(fields, bare)),
}));

/** As JSON.parse would: `__proto__` is a name like any other. */
function objectOf(fields: [string, unknown][], bare: boolean): object {
  const object: object = bare ? Object.create(null) : {};
  for (const [name, field] of fields)
    Object.defineProperty(object, name, {
      value: field,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  return object;
}

/** Calls a function of the code from the tests' side. */
function call(f: (...args: never[]) => unknown, ...args: unknown[]): unknown {
  const { tests, code } = connectPeers();
  return tests.ask('call', code.crossed.keep(f), undefined, args);
}
const identity = (one: unknown) => one;

describe('values', () => {
  test('are the same on the other side', () => {
    fc.assert(
      fc.property(value, (sent) => {
        const seen: unknown[] = [];
        const back = call((one: unknown) => {
          seen.push(one);
          return one;
        }, sent);
        // An error is known again; all else is a copy of a copy.
        expect(isDeepStrictEqual(seen[0], sent)).toBe(true);
        expect(isDeepStrictEqual(back, sent)).toBe(true);
      }),
    );
  });

  test('that are an invalid date stay one', () => {
    let seen: unknown;
    const back = call((one: unknown) => {
      seen = one;
      return one;
    }, new Date(Number.NaN));
    expect(seen).toStrictEqual(new Date(Number.NaN));
    expect(back).toStrictEqual(new Date(Number.NaN));
  });

  test('share and contain themselves as they did', () => {
    const shared = { list: [] as unknown[] };
    shared.list.push(shared, shared.list);
    const back = call(identity, [shared, shared]) as [typeof shared, unknown];
    expect(back[0]).toBe(back[1]);
    expect(back[0].list[0]).toBe(back[0]);
    expect(back[0].list[1]).toBe(back[0].list);
  });

  test('that cannot cross are refused by name', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 0 : [nested(depth - 1)]);
    expect(() => call(identity, Symbol('mine'))).toThrow(/A symbol of its own cannot cross/);
    expect(() => call(identity, nested(600))).toThrow(/nested more than 500 deep/);
    expect(() => call(identity, new Array(2_000_000))).toThrow(/An array of 2000000 items/);
    expect(() => call(() => nested(600))).toThrow(/nested more than 500 deep/);
    expect(() => call(identity, new SharedArrayBuffer(1))).toThrow(/Shared memory/);
    expect(() => call(() => 'x'.repeat(2 ** 25))).toThrow(/bytes/);
  });
});

describe('what comes from the code', () => {
  test('is evaluated there', () => {
    let asked = 0;
    const lazy = new Proxy({ a: 0 }, { get: (_, name) => (name === 'a' ? ++asked : undefined) });
    const result = call(() => ({
      lazy,
      got: Object.defineProperty({}, 'x', { get: () => 7, enumerable: true }),
    }));
    expect(result).toStrictEqual({ lazy: { a: 1 }, got: { x: 7 } });
    expect(asked).toBe(1);
  });

  test('decides nothing', () => {
    class Judge {
      asymmetricMatch = () => true;
      get [Symbol.toStringTag]() {
        return 'Set';
      }
      has = () => true;
    }
    for (const one of [new Judge(), { asymmetricMatch: () => true, isEqualNode: () => true }]) {
      const result = call(() => one) as object;
      expect(result).not.toEqual({ total: 5 });
      expect('asymmetricMatch' in result).toBe(false);
      expect(Object.keys(result)).not.toContain('asymmetricMatch');
      expect(Object.prototype.toString.call(result)).toBe('[object Object]');
    }
    const spy = call(() => Object.assign(() => 1, { _isMockFunction: true, mock: { calls: [[]] } }));
    expect(vi.isMockFunction(spy)).toBe(false);
  });

  test('has the class that it has there, and its members', () => {
    class Base {
      get kind() {
        return this.constructor.name;
      }
    }
    class Point extends Base {
      x: number;
      readonly y: number;
      constructor(x: number, y = 2) {
        super();
        this.x = x;
        this.y = y;
      }
      move(by: number) {
        this.x += by;
        return this;
      }
    }
    const { tests, code } = connectPeers();
    const RemotePoint = tests.ask(
      'call',
      code.crossed.keep(() => Point),
      undefined,
      [],
    ) as typeof Point;
    const point = new RemotePoint(1);
    expect(point).toBeInstanceOf(RemotePoint);
    expect(point.move(4)).toBe(point);
    expect({ ...point }).toEqual({ x: 5, y: 2 });
    expect(point).toMatchObject({ kind: 'Point', x: 5 });
    expect(point).not.toStrictEqual({ x: 5, y: 2 });
    expect(point.constructor).toBe(RemotePoint);
    expect(() => new (class extends RemotePoint {})(1)).toThrow(/cannot be extended/);
    expect(() => (RemotePoint as unknown as () => void)()).toThrow(TypeError);
  });
});

function* naturals() {
  yield 1;
}

test('what nobody holds any more is let go on the other side', async () => {
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc') as () => void;
  const { tests, code } = connectPeers();
  const make = code.crossed.keep(() => ({ f() {} }));
  const ids = () => {
    const held = Array.from({ length: 50 }, () => tests.ask('call', make, undefined, []) as object);
    return held.map((one) => tests.crossed.theirId(one) as number);
  };
  const [first] = ids() as [number];
  expect(code.crossed.ours(first)).toBeTypeOf('object');
  await vi.waitFor(() => {
    gc();
    code.crossed.hearNews(tests.crossed.takeNews());
    expect(() => code.crossed.ours(first)).toThrow(/never handed out/);
  }, 5_000);
});

describe('what a test hands over', () => {
  /** What `attack` can do with it, from the code's side. */
  const attacked = (attack: (handed: never) => unknown, handed: unknown) => call(attack, handed);

  test('does not lead to running text in its process', () => {
    class Plugin {
      run() {
        return 1;
      }
    }
    const { tests, code } = connectPeers();
    const names = [
      'constructor',
      'prototype',
      '__proto__',
      '__lookupGetter__',
      'call',
      'bind',
      'asymmetricMatch',
    ];
    for (const handed of [
      new Plugin(),
      Plugin,
      { f() {} },
      () => 1,
      new (class extends Map {})(),
      naturals(),
    ]) {
      const id = tests.crossed.keep(handed);
      expect(names.map((name) => code.ask('get', id, name))).toEqual(names.map(() => undefined));
      const listed = (code.ask('describe', id) as [string][]).map(([name]) => name);
      expect(listed.filter((name) => names.includes(name))).toEqual([]);
    }
    expect(attacked((one: Plugin) => one.run(), new Plugin())).toBe(1);
    expect(attacked((one: Generator) => one.next(), naturals())).toEqual({ value: 1, done: false });
  });

  test('is no part of Node', async () => {
    const fs = await import('node:fs');
    for (const one of [
      process,
      globalThis,
      fs.default,
      fs.writeFileSync,
      process.exit,
      Reflect.get,
      Function,
    ]) {
      expect(() => call(identity, one)).toThrow(/part of Node/);
      expect(() =>
        call(
          (f: () => unknown) => f(),
          () => one,
        ),
      ).toThrow(/part of Node/);
    }
  });

  test('can be called, read and changed as its own fields allow', () => {
    class Clock {
      now = 5;
      tick(by: number) {
        this.now += by;
        return this;
      }
    }
    const clock = new Clock();
    const use = (one: Clock) => {
      one.now += 1;
      return one.tick(2).now;
    };
    expect(attacked(use, clock)).toBe(8);
    expect(clock.now).toBe(8);
    const steal = (one: Record<string, unknown>) => {
      one['asymmetricMatch'] = () => true;
    };
    expect(() => attacked(steal, clock)).toThrow(/cannot set asymmetricMatch/);
    const spy = vi.fn();
    expect(attacked((f: { mock?: unknown }) => f.mock, spy)).toBeUndefined();
  });
});

describe('nonsense', () => {
  /** What the tests' side makes of an answer. */
  const hear = (bytes: Uint8Array) => {
    const failed: unknown[] = [];
    const peer = new Peer(
      { send() {}, receive: () => Buffer.from(bytes), fail: (error) => failed.push(error) },
      { guard },
    );
    const outcome = (() => {
      try {
        return { value: peer.ask('get', 1, 'x') };
      } catch (error) {
        return { error };
      }
    })();
    return { ...outcome, failed };
  };

  test('of random bytes is an error, at once', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 200 }), (bytes) => {
        const { error, failed } = hear(bytes);
        expect(error).toBeInstanceOf(Malformed);
        expect(failed).toEqual([error]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of an answer with some bytes changed is an answer or an error', () => {
    const { code } = connectPeers();
    fc.assert(
      fc.property(value, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), (sent, changes) => {
        const question = ['call', code.crossed.keep(() => sent), undefined, []];
        const bytes = Buffer.from(code.answer(question));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const { error, failed } = hear(bytes);
        // What was thrown there is no failure of the conversation.
        if (failed.length > 0) expect(error).toBeInstanceOf(Malformed);
      }),
      { numRuns: 300 },
    );
  });

  test('of great promises costs little', () => {
    const started = performance.now();
    const answer = (...bytes: number[]) => [10, 2, 7, 0, 6, ...Buffer.from('return'), ...bytes];
    const vast = [0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
    const bombs = {
      'an array of 2^40 items': [10, ...vast],
      'an array of half a million holes that do not come': [10, 0x80, 0x80, 0x20],
      'a set of as many': [14, 0x80, 0x80, 0x20],
      'a string of 2^40 bytes': [7, 0, ...vast],
      'bytes that do not come': [17, 0, ...vast],
      'digits that do not come': [6, 0, ...vast],
    };
    for (const bomb of Object.values(bombs))
      expect(hear(Buffer.from(answer(...bomb))).error).toBeInstanceOf(Malformed);
    const deep = Buffer.concat([Buffer.from(answer()), Buffer.alloc(200_000, Buffer.of(10, 1))]);
    expect(hear(deep).error).toMatchObject({ message: expect.stringContaining('deep') });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('that passes for data with methods is an error', () => {
    // { asymmetricMatch: a function } as data, which no honest side sends.
    const name = Buffer.from('asymmetricMatch');
    const object = [11, 1, 0, name.length, ...name, 18, 1, 0, 0];
    const bytes = Buffer.from([10, 2, 7, 0, 6, ...Buffer.from('return'), ...object, 0]);
    expect(hear(bytes).error).toMatchObject({ message: /no functions among its fields/ });
  });
});
