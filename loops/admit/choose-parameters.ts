import type { Params } from '../../datasets/patterns/pattern.ts';

/** Distinct parameter sets by their longest duration in the log, fastest first. */
export function sortByDuration(samples: readonly { params: Params; durationMs: number }[]): Params[] {
  const distinct = new Map<string, { params: Params; durationMs: number }>();
  for (const sample of samples) {
    const key = JSON.stringify(sample.params);
    const known = distinct.get(key);
    if (!known || known.durationMs < sample.durationMs) distinct.set(key, sample);
  }
  return [...distinct.values()].sort((a, b) => a.durationMs - b.durationMs).map(({ params }) => params);
}

/** The same elements, `count` evenly spread ones first (both ends among them), the others after. */
export function spreadFirst<T>(sorted: readonly T[], count: number): T[] {
  if (sorted.length <= count) return [...sorted];
  const first = new Set(
    Array.from({ length: count }, (_, at) => Math.round((at * (sorted.length - 1)) / Math.max(1, count - 1))),
  );
  return [...[...first].map((at) => sorted[at] as T), ...sorted.filter((_, at) => !first.has(at))];
}

/** Those that are not worn; all of them where every one is. */
export function fresh(all: readonly Params[], worn: readonly Params[]): Params[] {
  const known = new Set(worn.map((params) => JSON.stringify(params)));
  const others = all.filter((params) => !known.has(JSON.stringify(params)));
  return others.length > 0 ? others : [...all];
}

/** The greatest values that the log has for each parameter, put together: an edge that need not be in the log. */
export function boundaryParameters(all: readonly Params[]): Params | undefined {
  const [first] = all;
  if (!first || first.length === 0) return undefined;
  const boundary = first.map((_, at) => {
    const values = all.map((params) => params[at] ?? null).filter((value) => value !== null);
    if (values.length === 0) return null;
    return values.every((value) => /^-?\d+(\.\d+)?$/.test(value))
      ? values.reduce((a, b) => (Number(b) > Number(a) ? b : a))
      : (values.toSorted().at(-1) ?? null);
  });
  const key = JSON.stringify(boundary);
  return all.some((params) => JSON.stringify(params) === key) ? undefined : boundary;
}

/** For each parameter in turn, a set in which it matches nothing that a table is likely to hold. */
export function absentParameters(params: Params, types: readonly string[]): Params[] {
  return params.flatMap((value, at) => {
    const absent = value === null ? undefined : absentValue(types[at] ?? 'text');
    return absent === undefined ? [] : [params.map((kept, i) => (i === at ? absent : kept))];
  });
}

function absentValue(type: string): string | undefined {
  if (/^(text|character|varchar|bpchar|name)/.test(type)) return '~no such value~';
  if (/^(smallint|int2)/.test(type)) return '-32001';
  if (/^(integer|bigint|int4|int8|numeric|real|double|float)/.test(type)) return '-2147480001';
  if (/^(date|timestamp)/.test(type)) return '1801-02-03';
  if (type === 'uuid') return '00000000-0000-4000-8000-000000000000';
  return undefined;
}
