// Runs inside the sandbox: one JSON job on stdin, one JSON line on stdout for each finding (see runner/job.ts).
// Every plan lives in a transaction that is rolled back, so that none sees what another one built; indexes on
// the target's own tables are kept, out of the planner's sight (see kept-indexes.mjs).
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { isKeepable, keepIndexes, useIndexes } from './kept-indexes.mjs';
import { rowDigest, SHIPPED_BYTES } from './row-digest.mjs';

const asText = { getTypeParser: () => (value) => value };
const started = performance.now();
let shipped = 0;

const job = JSON.parse(await text(process.stdin));
const client = new pg.Client();
await client.connect();
const typeNames = new Map(
  (await client.query('select oid::int, typname from pg_type')).rows.map((row) => [row.oid, row.typname]),
);
const modes = { value: readValue, types: readTypes, base: runBase, screen: screenPlans, plans: runPlans };
await modes[job.mode]();
await client.end();

function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function limit(ms) {
  return client.query(`set local statement_timeout = ${Math.max(1, Math.round(ms))}`);
}

async function answer(sql, params) {
  const from = performance.now();
  const result = await client.query({ text: sql, values: params, rowMode: 'array', types: asText });
  const ms = performance.now() - from;
  const columns = result.fields.map((field) => field.name);
  const types = result.fields.map((field) => typeNames.get(field.dataTypeID) ?? 'unknown');
  return { ms, result: { columns, types, rows: result.rows } };
}

/** With `pastCuts` a run that is cut counts as that long and has no rows, and the next one still happens. */
async function answerWithin(sql, params) {
  if (!job.pastCuts) return answer(sql, params);
  await client.query('savepoint run');
  try {
    return await answer(sql, params);
  } catch (error) {
    if (error.code !== '57014') throw error;
    await client.query('rollback to savepoint run');
    return { ms: job.cutMs, result: null };
  }
}

/** The rows when they fit in what the host may be sent, else null. */
function shippable(result) {
  const bytes = JSON.stringify(result.rows).length;
  if (shipped + bytes > SHIPPED_BYTES) return null;
  shipped += bytes;
  return result;
}

async function explain(sql, params) {
  const { rows } = await client.query({
    text: `explain (format json) ${sql}`,
    values: params,
    rowMode: 'array',
  });
  return rows[0][0][0].Plan;
}

function indexNames(plan) {
  const own = plan['Index Name'] === undefined ? [] : [plan['Index Name']];
  return [...own, ...(plan.Plans ?? []).flatMap(indexNames)];
}

function relationNames(plan) {
  const own = plan['Relation Name'] === undefined ? [] : [plan['Relation Name']];
  return [...own, ...(plan.Plans ?? []).flatMap(relationNames)];
}

/** The one JSON value that a statement gives. */
async function readValue() {
  const { rows } = await client.query({ text: job.sql, values: job.params, rowMode: 'array' });
  say(rows[0][0]);
}

/** The types that PostgreSQL gives to `$1`…, as format_type names them. */
async function readTypes() {
  await client.query(`prepare explorer_types as ${job.sql}`);
  const { rows } = await client.query(
    "select array_to_json(parameter_types::text[]) from pg_prepared_statements where name = 'explorer_types'",
  );
  say(Object.values(rows[0])[0]);
}

/** The reference: every parameter set once, and again where that is cheap. A set that is cut has no rows. */
async function runBase() {
  const kept = await keepIndexes(client, job.ddl, job.buildLimitMs);
  await client.query('begin');
  await useIndexes(client, kept);
  for (const [set, params] of job.paramSets.entries()) {
    await client.query('savepoint base');
    const from = performance.now();
    try {
      await limit(job.limitMs);
      const plan = await explain(job.sql, params);
      const { ms: firstMs, result } = await answer(job.sql, params);
      const ms = [firstMs];
      while (ms.length < job.runs && performance.now() - from < job.repeatWithinMs) {
        ms.push((await answer(job.sql, params)).ms);
      }
      const facts = {
        digest: rowDigest(result, job.ordered),
        rowCount: result.rows.length,
        result: shippable(result),
      };
      say({ set, state: 'ok', ms, plan, ...facts });
    } catch (error) {
      const cut = error.code === '57014';
      say({ set, state: cut ? 'cut' : 'failed', ms: [performance.now() - from], message: error.message });
    }
    await client.query('rollback to savepoint base');
  }
  await client.query('rollback');
}

/** Costs with hypothetical indexes (hypopg); null where the planner refuses the SQL or an index. */
async function screenPlans() {
  await client.query('begin');
  await client.query('create extension if not exists hypopg');
  await limit(job.limitMs);
  for (const plan of job.plans) {
    await client.query('savepoint screen');
    try {
      await client.query('select hypopg_reset()');
      const names = new Map();
      for (const [at, definition] of plan.indexes.entries()) {
        const made = await client.query('select indexname from hypopg_create_index($1)', [definition]);
        names.set(made.rows[0].indexname, at);
      }
      const costs = [];
      const used = new Set();
      for (const params of job.paramSets) {
        const root = await explain(plan.sql, params);
        costs.push(root['Total Cost']);
        for (const name of indexNames(root)) if (names.has(name)) used.add(names.get(name));
      }
      say({ id: plan.id, costs, used: [...used] });
    } catch (error) {
      say({ id: plan.id, costs: null, used: [], message: error.message });
    }
    await client.query('rollback to savepoint screen');
  }
  await client.query('select hypopg_reset()');
  await client.query('rollback');
}

async function relations() {
  const { rows } = await client.query(
    `select c.oid::text, c.oid::regclass::text as name, c.relname, c.relkind, pg_table_size(c.oid)::float8 as bytes,
       i.indrelid::regclass::text as owner, i.indexprs is not null as expression
     from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid
     where c.relkind in ('r', 'm', 'i') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
  );
  return new Map(rows.map((row) => [row.oid, row]));
}

function bytesOf(all) {
  return [...all.values()].reduce((sum, { bytes }) => sum + bytes, 0);
}

function sum(numbers) {
  return numbers.reduce((total, one) => total + one, 0);
}

/** Begins the plan's transaction with all that the plan has. */
async function buildPlan(plan) {
  if (isKeepable(plan.ddl)) {
    const kept = await keepIndexes(client, plan.ddl, job.buildLimitMs);
    await client.query('begin');
    await useIndexes(client, kept);
    return {
      buildMs: sum(kept.map(({ ms }) => ms)),
      storageBytes: sum(kept.map(({ bytes }) => bytes)),
      made: new Map(kept.map(({ name, planned }) => [name, planned])),
    };
  }
  await client.query('begin');
  const before = await relations();
  const from = performance.now();
  await limit(job.buildLimitMs);
  for (const statement of plan.ddl) await client.query(statement);
  const after = await relations();
  const made = [...after.values()].filter(({ oid }) => !before.has(oid));
  const stale = new Set(
    made.flatMap((rel) => (rel.relkind === 'i' ? (rel.expression ? [rel.owner] : []) : [rel.name])),
  );
  for (const name of stale) await client.query(`analyze ${name}`);
  const buildMs = performance.now() - from;
  return {
    buildMs,
    storageBytes: bytesOf(await relations()) - bytesOf(before),
    made: new Map(made.map(({ relname }) => [relname, relname])),
  };
}

/** What one plan did, up to the first thing that ends it. */
async function tryPlan(plan, bestMs) {
  const finding = { id: plan.id, buildMs: null, storageBytes: null, times: [], costs: [] };
  try {
    const { made, ...built } = await buildPlan(plan);
    Object.assign(finding, built);
    const used = new Set();
    for (const params of job.paramSets) {
      const root = await explain(plan.sql, params);
      finding.costs.push(root['Total Cost']);
      for (const name of [...indexNames(root), ...relationNames(root)])
        if (made.has(name)) used.add(made.get(name));
    }
    finding.used = [...used];
    if (plan.mustUse && used.size === 0) return { ...finding, state: 'unused' };
    await limit(job.cutMs);
    const differing = [];
    for (const [set, params] of job.paramSets.entries()) {
      const { ms, result } = await answerWithin(plan.sql, params);
      finding.times.push([ms]);
      const seen = result === null ? job.digests[set] : rowDigest(result, job.ordered);
      if (seen === job.digests[set] || plan.accept.includes(seen)) continue;
      differing.push({ set, digest: seen, rowCount: result.rows.length, result: shippable(result) });
    }
    if (differing.length > 0) return { ...finding, state: 'differs', differing };
    for (let run = 1; run < job.runs; run += 1) {
      for (const [set, params] of job.paramSets.entries()) {
        // What was cut once would be cut again.
        const [firstMs] = finding.times[set];
        finding.times[set].push(firstMs < job.cutMs ? (await answerWithin(plan.sql, params)).ms : firstMs);
      }
      const slowest = Math.max(...finding.times.map((ms) => ms[run]));
      if (run === 1 && slowest > 3 * bestMs)
        return { ...finding, state: 'stopped', message: 'over 3× the best' };
      // How far out of reach it is needs no more precision.
      if (job.reachMs !== null && slowest > job.reachMs) break;
    }
    return { ...finding, state: 'ok' };
  } catch (error) {
    if (error.code === '57014') {
      const building = finding.buildMs === null;
      return {
        ...finding,
        state: 'stopped',
        cut: !building,
        message: building ? `build cut at ${job.buildLimitMs} ms` : `cut at ${job.cutMs} ms`,
      };
    }
    if (error.code === undefined) throw error;
    return { ...finding, state: 'failed', message: error.message };
  }
}

async function runPlans() {
  let bestMs = job.bestMs ?? Number.POSITIVE_INFINITY;
  for (const plan of job.plans) {
    if (performance.now() - started > job.deadlineMs) {
      say({ id: plan.id, state: 'unstarted' });
      continue;
    }
    const finding = await tryPlan(plan, bestMs);
    await client.query('rollback');
    if (finding.state === 'ok')
      bestMs = Math.min(bestMs, Math.max(...finding.times.map((ms) => ms[1] ?? ms[0])));
    say(finding);
  }
}
