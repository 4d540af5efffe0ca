import { describe, expect, test } from 'vitest';
import type { Signal } from '../sources/signal.ts';
import { collectPatterns } from './collect-patterns.ts';
import { MAX_SAMPLES } from './sample-keeper.ts';

function call(sql: string, durationMs: number, more: Partial<Signal> = {}): Signal {
  return {
    at: undefined,
    durationMs,
    sql,
    params: undefined,
    database: 'd',
    user: 'u',
    queryId: undefined,
    ...more,
  };
}

async function* stream(signals: Iterable<Signal>): AsyncGenerator<Signal> {
  yield* signals;
}

describe('collectPatterns', () => {
  test('ranks by total time, over several logs', async () => {
    const patterns = await collectPatterns([
      stream([call('select 1 from a where x = 1', 5, { at: 2000 }), call('select 1 from b', 7)]),
      stream([call('select 1 from a where x = 2', 3, { at: 1000 })]),
    ]);
    expect(
      patterns.map(({ fingerprint, count, totalMs, share, p50Ms, maxMs }) => ({
        fingerprint,
        count,
        totalMs,
        share,
        p50Ms,
        maxMs,
      })),
    ).toEqual([
      {
        fingerprint: 'SELECT $1 FROM a WHERE x = $2',
        count: 2,
        totalMs: 8,
        share: 8 / 15,
        p50Ms: 3,
        maxMs: 5,
      },
      { fingerprint: 'SELECT $1 FROM b', count: 1, totalMs: 7, share: 7 / 15, p50Ms: 7, maxMs: 7 },
    ]);
    expect(patterns[0]?.firstSeen).toBe('1970-01-01T00:00:01.000Z');
    expect(patterns[0]?.lastSeen).toBe('1970-01-01T00:00:02.000Z');
    expect(patterns[1]?.firstSeen).toBeNull();
    expect(patterns[0]?.id).toMatch(/^[0-9a-f]{16}$/);
  });

  test('samples are distinct, span the durations, hold the slowest and do not depend on the order', async () => {
    const calls = Array.from({ length: 5000 }, (_, index) =>
      call('select 1 from a where x = $1', index === 1234 ? 900 : 1 + (index % 7), {
        params: [String(index % 500)],
      }),
    );
    const [pattern] = await collectPatterns(stream(calls));
    const [reversed] = await collectPatterns(stream(calls.toReversed()));
    const samples = pattern?.samples ?? [];
    expect(samples.length).toBeGreaterThan(40);
    expect(samples.length).toBeLessThanOrEqual(MAX_SAMPLES);
    expect(samples[0]?.durationMs).toBe(900);
    expect(new Set(samples.map(({ params }) => params?.[0])).size).toBe(samples.length);
    expect(Math.min(...samples.map(({ durationMs }) => durationMs))).toBe(1);
    const parameters = (list: typeof samples) => list.map(({ params }) => params?.[0]).sort();
    const shared = parameters(reversed?.samples ?? []).filter((value) => parameters(samples).includes(value));
    expect(shared.length).toBeGreaterThan(samples.length / 2);
    expect((await collectPatterns(stream(calls)))[0]?.samples).toEqual(samples);
  });

  test('an unqualified table belongs to the schema that its session searches', async () => {
    const patterns = await collectPatterns(
      stream([
        call('set search_path to tenant_a, public', 1, { session: '1' }),
        call('select * from orders', 1, { session: '1' }),
        call('select * from orders', 1, { session: '2' }),
        call('select * from tenant_a.orders', 1, { session: '2' }),
        call('begin', 1, { session: '2' }),
        call("set local search_path = 'tenant_b'", 1, { session: '2' }),
        call('select * from orders', 1, { session: '2' }),
        call('commit', 1, { session: '2' }),
        call('select * from public.orders', 1, { session: '2' }),
      ]),
    );
    const counts = new Map(patterns.map(({ fingerprint, count }) => [fingerprint, count]));
    expect(counts.get('SELECT * FROM tenant_a.orders')).toBe(2);
    expect(counts.get('SELECT * FROM tenant_b.orders')).toBe(1);
    expect(counts.get('SELECT * FROM orders')).toBe(2);
  });

  test('a statement that is no SQL is a pattern of its own skeleton', async () => {
    const patterns = await collectPatterns(stream([call("SELEC 'a' FROM", 1), call("SELEC 'b'  FROM", 1)]));
    expect(patterns.map(({ fingerprint, count }) => [fingerprint, count])).toEqual([["SELEC '' FROM", 2]]);
  });

  test('many patterns keep their figures, and the heaviest their samples', async () => {
    const calls = Array.from({ length: 6000 }, (_, index) =>
      call(`select a${index % 3000} from t where b = ${index}`, 1 + (index % 3000)),
    );
    const patterns = await collectPatterns(stream(calls));
    expect(patterns).toHaveLength(3000);
    expect(patterns.every(({ count }) => count === 2)).toBe(true);
    expect(patterns.every(({ samples }) => samples.length > 0)).toBe(true);
    expect(patterns[0]?.samples).toHaveLength(2);
  });
});
