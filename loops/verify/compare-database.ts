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
WITH own_functions AS (
  SELECT proname FROM pg_proc p WHERE p.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
), tables AS (
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
SELECT 'rule ' || t.name || '.' || r.rulename, pg_get_ruledef(r.oid) FROM tables t JOIN pg_rewrite r ON r.ev_class = t.oid
UNION ALL
SELECT 'relation ' || c.relname, string_agg(n.nspname, ' ' ORDER BY n.nspname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg_temp%' AND n.nspname NOT IN ('information_schema', 'pg_toast')
 GROUP BY c.relname HAVING count(*) > 1
UNION ALL
SELECT 'function ' || p.proname, string_agg(p.pronamespace::regnamespace || '(' || p.proargtypes::regtype[]::text || ')', ' ' ORDER BY p.pronamespace, p.proargtypes::text)
  FROM pg_proc p
 WHERE p.proname IN (SELECT proname FROM own_functions)
 GROUP BY p.proname
UNION ALL
SELECT 'operator ' || o.oprname, string_agg(o.oprnamespace::regnamespace || '(' || o.oprleft::regtype || ',' || o.oprright::regtype || ')', ' ' ORDER BY o.oprnamespace, o.oprleft, o.oprright)
  FROM pg_operator o
 WHERE o.oprname IN (SELECT oprname FROM pg_operator own WHERE own.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = own.oid AND deptype = 'e'))
 GROUP BY o.oprname`;

// What a query may run through besides tables.
const DEFINITIONS = `
SELECT 'view ' || n.nspname || '.' || c.relname AS name, c.relkind::text || pg_get_viewdef(c.oid) AS value
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
UNION ALL
SELECT 'function ' || p.oid::regprocedure, concat_ws(' ', p.prosrc, p.prosqlbody::text, p.probin, p.provolatile, p.proconfig::text)
  FROM pg_proc p WHERE p.oid >= 16384`;

const TRIGGERS = `
SELECT n.nspname || '.' || c.relname AS name, string_agg(pg_get_triggerdef(g.oid), '; ' ORDER BY g.tgname) AS value
  FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT g.tgisinternal GROUP BY 1`;

/**
 * Settings that differ, and what the base has of tables, columns, constraints, triggers and rules that the candidate
 * has not, or has otherwise. New tables and new triggers are a candidate's right (a trigger may keep a copy fresh);
 * new columns and constraints on a base table are not, because writers would see them. Nor is a second table, function or
 * operator of a name that is taken: queries that nobody changed would mean another one.
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
      .filter((one) => schema.base.has(one.name) || concernsBase(one.name) || takesName(one))
      .map((difference) => ({ what: 'schema' as const, ...difference })),
  ];
}

/** Names that the base has once or not at all; of functions and operators those of the system count as well. */
function takesName({ name, candidate }: { name: string; candidate: string }): boolean {
  return /^relation /.test(name) || (/^(function|operator) /.test(name) && /\bpg_catalog\(/.test(candidate));
}

export interface ChangedDefinitions {
  /** Views and functions of the base that say something else. */
  definitions: string[];
  /** Tables, with their schemas, that have other triggers. */
  triggered: string[];
}

/** What may change how other queries answer, or how their tables are written, though their own text and tables are as they were. */
export async function changedDefinitions(base: SqlClient, candidate: SqlClient): Promise<ChangedDefinitions> {
  const [definitions, triggers] = await Promise.all([
    differences(base, candidate, DEFINITIONS),
    differences(base, candidate, TRIGGERS),
  ]);
  return {
    definitions: definitions.changed.filter(({ name }) => definitions.base.has(name)).map(({ name }) => name),
    triggered: triggers.changed.map(({ name }) => name),
  };
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
