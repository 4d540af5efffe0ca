import type { Signal } from '../sources/signal.ts';

const MENTION = /search_path/i;
const SET = /^\s*set\s+(?:(session|local)\s+)?search_path\s*(?:=|\bto\b)\s*(.*?);?\s*$/is;
const RESET = /^\s*(?:reset\s+(?:search_path|all)|discard\s+all)\s*;?\s*$/i;
const END = /^\s*(?:commit|rollback|end|abort)\b(?!\s+(?:prepared|to)\b)/i;
const SET_CONFIG = /\bset_config\s*\(\s*'search_path'\s*,\s*(?:'([^']*)'|\$1)\s*,\s*(true|false)/i;
/** `$user` names a schema that rarely exists, the others are always searched. */
const IGNORED = new Set(['$user', 'pg_catalog', 'pg_temp']);
const MAX_SESSIONS = 10_000;

interface SessionPath {
  session: string | undefined;
  local: string | undefined;
}

/**
 * Follows `SET search_path` in each session: returns the schema in which the statement's unqualified tables are found,
 * undefined for `public`. Of a path with several schemas the first counts, as the log does not say which table is where.
 */
export function searchPathFollower(): (signal: Signal) => string | undefined {
  const paths = new Map<string, SessionPath>();
  return ({ sql, params, session }) => {
    if (session === undefined) return undefined;
    const known = paths.get(session);
    // Most statements neither set a path nor run under one.
    if (known === undefined && !sql.includes('search_path') && !sql.includes('SEARCH_PATH')) return undefined;
    const path = known ?? { session: undefined, local: undefined };
    const inEffect = path.local ?? path.session;
    follow(path, sql, params);
    if (path.session === undefined && path.local === undefined) paths.delete(session);
    else if (known === undefined) {
      if (paths.size >= MAX_SESSIONS) paths.delete(paths.keys().next().value ?? '');
      paths.set(session, path);
    }
    return inEffect === 'public' ? undefined : inEffect;
  };
}

function follow(path: SessionPath, sql: string, params: Signal['params']): void {
  const set = SET.exec(sql);
  if (set !== null) {
    const schema = firstSchema(set[2] ?? '');
    if (set[1]?.toLowerCase() === 'local') path.local = schema ?? 'public';
    else path.session = schema;
    return;
  }
  const config = MENTION.test(sql) ? SET_CONFIG.exec(sql) : null;
  if (config !== null) {
    const schema = firstSchema(config[1] ?? params?.[0] ?? '');
    if (config[2]?.toLowerCase() === 'true') path.local = schema ?? 'public';
    else path.session = schema;
    return;
  }
  if (RESET.test(sql)) {
    path.session = undefined;
    path.local = undefined;
  } else if (path.local !== undefined && END.test(sql)) path.local = undefined;
}

function firstSchema(list: string): string | undefined {
  for (const [item] of list.matchAll(/"(?:[^"]|"")*"|'(?:[^']|'')*'|[^\s,]+/g)) {
    const quoted = item[0] === '"' || item[0] === "'";
    const schema = quoted
      ? item.slice(1, -1).replaceAll(item[0] === '"' ? '""' : "''", item[0] ?? '')
      : item.toLowerCase();
    if (!IGNORED.has(schema) && schema !== 'default') return schema;
  }
  return undefined;
}
