import type { JoinExpr, RangeSubselect, RangeVar } from 'libpg-query';
import { as, columnRef, type Node, names } from '../../sql/nodes.ts';
import { findTable } from '../../sql/scope.ts';
import { Untranslatable } from '../engine.ts';
import { condition } from './conditions.ts';
import { columnTerm, innerScope, renamed, resolveName, type Scope, type ScopeSource } from './scopes.ts';
import { unify } from './terms.ts';
import type { Translation } from './translation.ts';

/** One item of a FROM clause; adds what it reads to the scope. `outer`: on the nullable side of an outer join around it. */
export function fromSql(node: Node, scope: Scope, outer: boolean, to: Translation): string {
  const join = as(node, 'JoinExpr');
  if (join) return joinSql(join, scope, outer, to);
  const range = as(node, 'RangeVar');
  if (range?.relname !== undefined) return namedSql(range, range.relname, scope, outer, to);
  const derived = as(node, 'RangeSubselect');
  if (derived) return derivedSql(derived, scope, outer, to);
  throw new Untranslatable('it reads from what is no table');
}

function namedSql(range: RangeVar, name: string, scope: Scope, outer: boolean, to: Translation): string {
  const alias = range.alias?.aliasname ?? name;
  const columnAliases = names(range.alias?.colnames);
  const cte = range.schemaname === undefined ? scope.ctes.get(name) : undefined;
  const sqlAlias = to.alias('s');
  if (cte !== undefined) {
    scope.sources.push({
      alias,
      sqlAlias,
      table: null,
      columns: renamed(cte.columns, columnAliases),
      outer,
    });
    return `${cte.name} AS ${sqlAlias}`;
  }
  const table = findTable(to.catalog, range.schemaname, name);
  if (table === null || columnAliases.length > 0)
    throw new Untranslatable(`it reads ${name}, which is no table`);
  scope.sources.push({ alias, sqlAlias, table, columns: null, outer });
  return `"${to.store.table(table).name}" AS ${sqlAlias}`;
}

function derivedSql(derived: RangeSubselect, scope: Scope, outer: boolean, to: Translation): string {
  const inner = as(derived.subquery, 'SelectStmt');
  if (inner === undefined || derived.lateral) throw new Untranslatable('it joins laterally');
  const made = to.statement(inner, innerScope(scope.parent, scope.ctes));
  const sqlAlias = to.alias('s');
  const columns = renamed(made.columns, names(derived.alias?.colnames));
  scope.sources.push({ alias: derived.alias?.aliasname ?? '', sqlAlias, table: null, columns, outer });
  return `(${made.sql}) AS ${sqlAlias}`;
}

function joinSql(join: JoinExpr, scope: Scope, outer: boolean, to: Translation): string {
  const type = (join.jointype ?? 'JOIN_INNER').slice('JOIN_'.length);
  const nullsLeft = type === 'RIGHT' || type === 'FULL';
  if (!['INNER', 'LEFT', 'RIGHT', 'FULL'].includes(type) || join.isNatural || join.alias !== undefined)
    throw new Untranslatable('it joins in a way that may differ in SQLite');
  if (join.larg === undefined || join.rarg === undefined)
    throw new Untranslatable('a side of a join is missing');
  if (as(join.rarg, 'JoinExpr')) throw new Untranslatable('it joins with a join in parentheses');
  const before = scope.sources.length;
  const left = fromSql(join.larg, scope, outer || nullsLeft, to);
  const middle = scope.sources.length;
  const right = fromSql(join.rarg, scope, outer || type === 'LEFT' || type === 'FULL', to);
  const using = names(join.usingClause);
  if (using.length > 0 && nullsLeft)
    throw new Untranslatable('it merges columns of an outer join from the right');
  const on = using.map((name) =>
    mergeSql(name, scope, scope.sources.slice(before, middle), scope.sources.slice(middle), to),
  );
  if (join.quals !== undefined) on.push(condition(to.expression(join.quals, scope)));
  return `${left} ${type} JOIN ${right}${on.length === 0 ? '' : ` ON ${on.join(' AND ')}`}`;
}

/** The condition that USING makes of one column. */
function mergeSql(
  name: string,
  scope: Scope,
  left: ScopeSource[],
  right: ScopeSource[],
  to: Translation,
): string {
  const sides = [left, right].map((sources) => {
    const found = resolveName({ ...scope, sources, parent: null }, columnRef(name));
    if (found === null) throw new Untranslatable(`it merges an unknown column ${name}`);
    return columnTerm(found.source, name, to.store);
  });
  scope.merged.add(name);
  return unify(sides, true)
    .map(({ sql }) => sql)
    .join(' = ');
}
