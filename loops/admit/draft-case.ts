import type { QueryCase, Variant, VariantKind } from '../../datasets/cases/case.ts';
import { bindParameters, prepareBinding } from '../../datasets/patterns/bind-parameters.ts';
import type { Params, Pattern } from '../../datasets/patterns/pattern.ts';
import type { Arm } from '../target/arm.ts';
import { forQuery } from '../target/config.ts';
import type { Target } from '../target/load-target.ts';
import { calibrateForFreeze } from '../verify/calibrate.ts';
import { findWrites, type SensitiveWrites } from '../verify/find-writes.ts';
import { isDatabaseError, REFERENCE_LIMIT_MS, type Reference, referenceRows } from '../verify/reference.ts';
import {
  absentParameters,
  boundaryParameters,
  fresh,
  sortByDuration,
  spreadFirst,
} from './choose-parameters.ts';
import type { OwnedQuery } from './read-queries.ts';

/** How many parameter sets of the log are shown, hidden, kept for timed samples, and looked at for writes. */
const COUNTS = { visible: 3, deciles: 4, pool: 12, mutated: 4 };

/**
 * `loose`: digests of the variants' rows whatever their order, by variant, for an order that turns out to have ties.
 * `untold`: tables of which a stale copy would not show in the mutated variant.
 */
export type Draft = { case: QueryCase; loose: Map<string, string>; untold: string[] } | { refused: string };

/**
 * Turns a pattern into a draft case with hidden variants, on an arm of the base. Nothing is judged here. `worn` parameters are
 * hidden no more, unless the log has no others.
 */
export async function draftCase(
  arm: Arm,
  target: Target,
  query: OwnedQuery,
  { pattern, worn }: { pattern: Pattern; worn: readonly Params[] },
): Promise<Draft> {
  await prepareBinding();
  const bound: { params: Params; durationMs: number }[] = [];
  for (const { sql, params, durationMs } of pattern.samples) {
    const found = bindParameters(query.sql, sql, params);
    if (found) bound.push({ params: found, durationMs });
  }
  if (bound.length === 0)
    return { refused: 'no logged statement could be matched with the parameters of the query' };
  const sorted = sortByDuration(bound);
  const objectiveMs = forQuery(target.config.objective, query.name).ms;

  const run = (params: Params) =>
    referenceRows(arm.sql, query.sql, params, { ordered: query.ordered, limitMs: REFERENCE_LIMIT_MS });
  const loose = new Map<string, string>();
  const named = (id: string, reference: Reference): string => {
    loose.set(id, reference.looseSha256);
    return id;
  };
  const variant = (
    id: string,
    kind: VariantKind,
    params: Params,
    reference: Reference,
    writes: string[] = [],
  ): Variant => ({
    id: named(id, reference),
    kind,
    params,
    writes,
    rows: reference.rows,
    sha256: reference.sha256,
    baseMs: reference.ms,
    split: reference.ms > objectiveMs ? 'holdout' : 'guard',
  });

  try {
    // The first run of a connection plans on a cold catalogue: what it says of time does not count.
    await run(sorted[0] ?? []);
    // What is shown comes from the slower half of the log and has rows; what is hidden is spread over all of it.
    const upper = sorted.slice(
      Math.min(Math.floor(sorted.length / 2), Math.max(0, sorted.length - COUNTS.visible)),
    );
    const shown = await pick(spreadFirst(upper, COUNTS.visible), COUNTS.visible, run, (rows) => rows > 0);
    const [first] = shown;
    if (!first) return { refused: 'the query gives no rows for the logged parameters' };
    const visible = shown.map(({ params, reference }, at) =>
      variant(`visible-${at + 1}`, 'visible', params, reference),
    );
    const rest = sorted.filter((params) => !shown.some((one) => one.params === params));

    let empty = 0;
    const atMostOneEmpty = (rows: number): boolean => rows > 0 || empty++ === 0;
    const deciles = await pick(
      spreadFirst(fresh(rest, worn), COUNTS.deciles),
      COUNTS.deciles,
      run,
      atMostOneEmpty,
    );
    const hidden = deciles.map(({ params, reference }, at) =>
      variant(`decile-${at + 1}`, 'decile', params, reference),
    );
    const edge = boundaryParameters(sorted);
    const boundary = edge && (await pick([edge], 1, run, atMostOneEmpty))[0];
    if (boundary) hidden.push(variant('boundary-1', 'boundary', boundary.params, boundary.reference));
    const absent = empty === 0 && (await findEmpty(arm, query, first.params, run));
    if (absent) hidden.push(variant('empty-1', 'empty', absent.params, absent.reference));
    // Hidden ones first: an answer that is live for what is shown alone would be right after writes to those.
    const withRows = deciles
      .filter(({ reference }) => reference.rows > 0)
      .toSorted((a, b) => Number(b.reference.ms > objectiveMs) - Number(a.reference.ms > objectiveMs));
    const mutated = await pickWrites(arm, query, [...withRows, ...shown]);
    if (mutated) {
      hidden.push(variant('mutated-1', 'mutated', mutated.params, mutated.reference, mutated.statements));
    }
    const taken = new Set([...visible, ...hidden].map((one) => JSON.stringify(one.params)));
    const pool = spreadFirst(
      rest.filter((params) => !taken.has(JSON.stringify(params))),
      COUNTS.pool,
    ).slice(0, COUNTS.pool);
    const slowest = visible.reduce((a, b) => (b.baseMs > a.baseMs ? b : a));
    const plan = await arm.sql.query(`EXPLAIN (FORMAT JSON) ${query.sql}`, slowest.params);
    return {
      loose,
      untold: mutated?.untold ?? [],
      case: {
        id: `${query.name}-${pattern.id.slice(0, 8)}`,
        pattern: pattern.id,
        query: query.name,
        sql: query.sql,
        ordered: query.ordered,
        objectiveMs,
        calibrationMs: await calibrateForFreeze(arm.sql),
        stalenessS: forQuery(target.config.staleness, query.name),
        visible,
        hidden,
        pool,
        baseMs: slowest.baseMs,
        basePlan: JSON.parse(String(plan.rows[0]?.[0])),
      },
    };
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    return { refused: `the base SQL fails on the data: ${error.message}` };
  }
}

interface Picked {
  params: Params;
  reference: Reference;
}

/** The first `count` of the candidates whose number of rows is taken; gives up after three times as many. */
async function pick(
  candidates: readonly Params[],
  count: number,
  run: (params: Params) => Promise<Reference>,
  takes: (rows: number) => boolean,
): Promise<Picked[]> {
  const picked: Picked[] = [];
  for (const params of candidates.slice(0, count * 3)) {
    if (picked.length === count) break;
    const reference = await run(params);
    if (takes(reference.rows)) picked.push({ params, reference });
  }
  return picked;
}

/**
 * Writes that change an answer by every table that it reads, after which there are rows if that can be had: an empty
 * answer compares nothing. Else the next best.
 */
async function pickWrites(
  arm: Arm,
  query: OwnedQuery,
  asked: readonly Picked[],
): Promise<(SensitiveWrites & { params: Params }) | undefined> {
  const lacks = ({ untold, reference }: SensitiveWrites) => untold.length + (reference.rows > 0 ? 0 : 0.5);
  let best: (SensitiveWrites & { params: Params }) | undefined;
  for (const { params, reference } of asked.slice(0, COUNTS.mutated)) {
    const found = await findWrites(arm.sql, query, params, reference);
    if (found && (best === undefined || lacks(found) < lacks(best))) best = { ...found, params };
    if (best && lacks(best) === 0) break;
  }
  return best;
}

/** Parameters for which the query gives no rows, changed in one place from a set that gives some. */
async function findEmpty(
  arm: Arm,
  query: OwnedQuery,
  params: Params,
  run: (params: Params) => Promise<Reference>,
): Promise<{ params: Params; reference: Reference } | undefined> {
  for (const candidate of absentParameters(params, await parameterTypes(arm, query.sql))) {
    try {
      const reference = await run(candidate);
      if (reference.rows === 0) return { params: candidate, reference };
    } catch (error) {
      // A value out of the parameter's domain says nothing of the query.
      if (!isDatabaseError(error)) throw error;
    }
  }
  return undefined;
}

async function parameterTypes(arm: Arm, sql: string): Promise<string[]> {
  await arm.sql.run(`PREPARE whetstone_types AS ${sql}`);
  const rows = await arm.sql.objects<{ type: string }>(
    "SELECT unnest(parameter_types)::text AS type FROM pg_prepared_statements WHERE name = 'whetstone_types'",
  );
  await arm.sql.run('DEALLOCATE whetstone_types');
  return rows.map(({ type }) => type);
}
