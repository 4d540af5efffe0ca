import type { SqlClient } from '../target/sql-client.ts';

/** One thing about the database that the candidate has otherwise than the base. */
export interface DatabaseDifference {
  what: 'setting' | 'schema';
  name: string;
  base: string;
  candidate: string;
}

// What a server, a database or a role was told, whoever told it; session values are not among it.
const SETTINGS = `
SELECT 'setting ' || name AS name, setting AS value FROM pg_settings WHERE context <> 'internal' AND source <> 'session'
UNION ALL
SELECT 'role or database ' || coalesce(d.datname, '*') || '/' || coalesce(r.rolname, '*'), array_to_string(s.setconfig, ', ')
  FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole`;

// Everything about a table that decides what its rows may be and what happens when they are written.
const SCHEMA = `
WITH tables AS (
  SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relpersistence, c.relrowsecurity, c.reloptions
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_temp%'
)
SELECT 'table ' || name AS name, relpersistence::text || ' ' || relrowsecurity::text || ' ' || coalesce(reloptions::text, '') AS value FROM tables
UNION ALL
SELECT 'column ' || t.name || '.' || a.attname,
       format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' ' || a.attgenerated::text
  FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
UNION ALL
SELECT 'constraint ' || t.name || '.' || k.conname, pg_get_constraintdef(k.oid) || ' ' || k.convalidated::text
  FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid
UNION ALL
SELECT 'trigger ' || t.name || '.' || g.tgname, pg_get_triggerdef(g.oid) || ' ' || g.tgenabled::text
  FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
UNION ALL
SELECT 'enforcement ' || t.name || '.' || k.conname, string_agg(DISTINCT g.tgenabled::text, '')
  FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid AND g.tgisinternal JOIN pg_constraint k ON k.oid = g.tgconstraint
 GROUP BY t.name, k.conname
UNION ALL
SELECT 'rule ' || t.name || '.' || r.rulename, pg_get_ruledef(r.oid) FROM tables t JOIN pg_rewrite r ON r.ev_class = t.oid`;

/**
 * Settings that differ, and what the base has of tables, columns, constraints, triggers and rules that the candidate
 * has not, or has otherwise. New tables and new triggers are a candidate's right (a trigger may keep a copy fresh);
 * new columns and constraints on a base table are not, because writers would see them.
 */
export async function compareDatabases(base: SqlClient, candidate: SqlClient): Promise<DatabaseDifference[]> {
  const [settings, schema] = await Promise.all([
    differences(base, candidate, SETTINGS),
    differences(base, candidate, SCHEMA),
  ]);
  const baseTables = new Set(
    [...schema.base.keys()]
      .filter((name) => name.startsWith('table '))
      .map((name) => name.slice('table '.length)),
  );
  const concernsBase = (name: string): boolean => {
    const [kind = '', place = ''] = name.split(' ', 2);
    const table = place.slice(0, place.lastIndexOf('.'));
    return (kind === 'column' || kind === 'constraint' || kind === 'rule') && baseTables.has(table);
  };
  return [
    ...settings.changed.map((difference) => ({ what: 'setting' as const, ...difference })),
    ...schema.changed
      .filter(({ name }) => schema.base.has(name) || concernsBase(name))
      .map((difference) => ({ what: 'schema' as const, ...difference })),
  ];
}

async function differences(base: SqlClient, candidate: SqlClient, sql: string) {
  const read = async (client: SqlClient) =>
    new Map(
      (await client.objects<{ name: string; value: string | null }>(sql)).map(({ name, value }) => [
        name,
        value ?? '',
      ]),
    );
  const [ours, theirs] = await Promise.all([read(base), read(candidate)]);
  const changed = [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((name) => ours.get(name) !== theirs.get(name))
    .map((name) => ({ name, base: ours.get(name) ?? '(none)', candidate: theirs.get(name) ?? '(none)' }));
  return { base: ours, changed };
}
