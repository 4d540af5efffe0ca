// Building indexes costs most of a search, and plans share them. Each is built once under a name of its own and marked
// invalid, so that the planner leaves it alone; the transaction of a plan that has it marks it valid, and its rollback
// undoes that.
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';

/** Above this the oldest indexes that no plan at hand has are dropped. */
const KEPT_BYTES = 2 * 2 ** 30;
const KEPT_PREFIX = 'explorer_kept_';
const OWN_INDEX = /^CREATE INDEX ("(?:[^"]|"")+"|\S+) ON /;

/** Whether all that a plan builds are indexes on tables that are there without it. */
export function isKeepable(ddl) {
  return ddl.every((statement) => OWN_INDEX.test(statement) || statement.startsWith('CREATE EXTENSION '));
}

/** Builds what is missing; of each index its name here and in the plan, its size and its build time. */
export async function keepIndexes(client, ddl, limitMs) {
  const kept = [];
  for (const statement of ddl) {
    if (!OWN_INDEX.test(statement)) {
      await client.query(statement);
      continue;
    }
    const [, planned] = OWN_INDEX.exec(statement);
    const name = KEPT_PREFIX + createHash('sha256').update(statement).digest('hex').slice(0, 16);
    kept.push({
      planned,
      ...((await findKept(client, name)) ?? (await buildKept(client, name, statement, limitMs))),
    });
  }
  await dropOldest(client, kept);
  return kept;
}

async function findKept(client, name) {
  const { rows } = await client.query(
    `select relname as name, pg_table_size(oid)::float8 as bytes, obj_description(oid)::float8 as ms
     from pg_class where relname = $1`,
    [name],
  );
  return rows[0];
}

async function buildKept(client, name, statement, limitMs) {
  const from = performance.now();
  await client.query('begin');
  try {
    await client.query(`set local statement_timeout = ${Math.max(1, Math.round(limitMs))}`);
    await client.query(statement.replace(OWN_INDEX, `CREATE INDEX ${name} ON `));
    const { rows } = await client.query(
      `select indexrelid::regclass::text as path, indrelid::regclass::text as owner, indexprs is not null as expression
       from pg_index where indexrelid = (select oid from pg_class where relname = $1)`,
      [name],
    );
    // Statistics of an expression exist only once its index was analysed, as the arm's ANALYZE will do.
    const [{ path, owner, expression }] = rows;
    if (expression) await client.query(`analyze ${owner}`);
    await client.query(`comment on index ${path} is '${performance.now() - from}'`);
    await setValid(client, [name], false);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
  return findKept(client, name);
}

/** The planner leaves an invalid index alone; rolling back makes it invalid again. */
function setValid(client, names, valid) {
  return client.query(
    'update pg_index set indisvalid = $2 where indexrelid in (select oid from pg_class where relname = any ($1))',
    [names, valid],
  );
}

/** Inside a transaction: lets the planner see these until it is rolled back. */
export async function useIndexes(client, kept) {
  if (kept.length === 0) return;
  await setValid(
    client,
    kept.map(({ name }) => name),
    true,
  );
}

async function dropOldest(client, needed) {
  const { rows } = await client.query(
    'select relname as name, oid::regclass::text as path, pg_table_size(oid)::float8 as bytes from pg_class where starts_with(relname, $1) order by oid',
    [KEPT_PREFIX],
  );
  let bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  for (const row of rows) {
    if (bytes <= KEPT_BYTES) return;
    if (needed.some(({ name }) => name === row.name)) continue;
    await client.query(`drop index ${row.path}`);
    bytes -= row.bytes;
  }
}
