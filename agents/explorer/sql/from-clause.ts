import type { JoinExpr, RangeSubselect, RangeVar } from 'libpg-query';
import type { Catalog } from '../plan.ts';
import type { Block, BlockRole, Expression, Source } from './analysed-query.ts';
import type { Node, SelectStmt } from './nodes.ts';
import { as, columnRef, conjuncts, names, walk } from './nodes.ts';
import { addCondition } from './predicates.ts';
import type { Scope } from './scope.ts';
import { findCte, findTable, noteUse, resolveColumn } from './scope.ts';

/** What reading a FROM clause needs of the analysis it is part of. */
export interface Analysis {
  readonly catalog: Catalog;
  block(select: SelectStmt, role: BlockRole, parent: Block | null, outerScope: Scope | null): Block;
  describe(node: Node, scope: Scope): Expression;
}

/** Adds the sources of one FROM item, and the conditions of its joins, to the scope's block. */
export function addSources(node: Node, scope: Scope, join: Source['join'], analysis: Analysis): void {
  const joined = as(node, 'JoinExpr');
  if (joined) {
    addJoin(joined, scope, join, analysis);
    return;
  }
  const range = as(node, 'RangeVar');
  if (range?.relname !== undefined) {
    scope.sources.push(named(range, range.relname, scope, join, analysis.catalog));
    return;
  }
  const derived = as(node, 'RangeSubselect');
  const inner = as(derived?.subquery, 'SelectStmt');
  if (derived && inner) {
    scope.sources.push(subselect(derived, inner, scope, join, analysis));
    return;
  }
  const call = as(node, 'RangeFunction');
  walk(call?.functions, (child) => {
    if (as(child, 'ColumnRef')) noteUse(resolveColumn(scope, child), scope);
    return true;
  });
  scope.sources.push({ ...unknown(call?.alias?.aliasname ?? '', join), lateral: true });
}

function named(range: RangeVar, name: string, scope: Scope, join: Source['join'], catalog: Catalog): Source {
  const alias = range.alias?.aliasname ?? name;
  const renamed = names(range.alias?.colnames);
  const cte = range.schemaname === undefined ? findCte(scope, name) : undefined;
  if (cte !== undefined) return fromBlock(alias, 'cte', cte, renamed, join);
  const table = findTable(catalog, range.schemaname, name);
  // With column aliases the names no longer are the table's own; such a source is not followed.
  if (table === null || renamed.length > 0) return unknown(alias, join);
  return {
    ...unknown(alias, join),
    kind: 'table',
    table,
    columnNames: table.columns.map((column) => column.name),
  };
}

function subselect(
  derived: RangeSubselect,
  inner: SelectStmt,
  scope: Scope,
  join: Source['join'],
  analysis: Analysis,
): Source {
  const lateral = derived.lateral === true;
  const around: Scope = lateral ? scope : { ...scope, sources: [], merged: new Set() };
  const block = analysis.block(inner, 'from', scope.block, around);
  const renamed = names(derived.alias?.colnames);
  return { ...fromBlock(derived.alias?.aliasname ?? '', 'derived', block, renamed, join), lateral };
}

function fromBlock(
  alias: string,
  kind: 'derived' | 'cte',
  block: Block | null,
  renamed: readonly string[],
  join: Source['join'],
): Source {
  if (block === null) return unknown(alias, join);
  const columnNames = block.outputsKnown ? block.outputs.map((output, i) => renamed[i] ?? output.name) : null;
  return { ...unknown(alias, join), kind, block, columnNames };
}

/** A source of which nothing but its name is known. */
function unknown(alias: string, join: Source['join']): Source {
  return {
    alias,
    kind: 'other',
    table: null,
    block: null,
    columnNames: null,
    join,
    lateral: false,
    columns: new Set(),
  };
}

function addJoin(join: JoinExpr, scope: Scope, around: Source['join'], analysis: Analysis): void {
  const type = join.jointype ?? 'JOIN_INNER';
  const left: Source['join'] = type === 'JOIN_RIGHT' || type === 'JOIN_FULL' ? 'outer' : around;
  const right: Source['join'] = type === 'JOIN_LEFT' || type === 'JOIN_FULL' ? 'outer' : around;
  const before = scope.sources.length;
  if (join.larg) addSources(join.larg, scope, left, analysis);
  const middle = scope.sources.length;
  if (join.rarg) addSources(join.rarg, scope, right, analysis);
  const sides = [scope.sources.slice(before, middle), scope.sources.slice(middle)] as const;
  const kind = type === 'JOIN_INNER' ? 'inner' : 'outer';
  for (const name of sharedColumns(join, ...sides)) {
    const [one, two] = sides.map((side) =>
      side
        .map((source) => resolveColumn({ ...scope, sources: [source], parent: null }, columnRef(name)))
        .find((use) => use !== null),
    );
    if (one && two) {
      noteUse(one, scope);
      noteUse(two, scope);
      scope.block.joins.push({ left: one, right: two, kind });
    }
    // After FULL JOIN the merged column is neither side's.
    if (type === 'JOIN_INNER' || type === 'JOIN_LEFT') scope.merged.add(name);
  }
  for (const node of conjuncts(join.quals))
    addCondition(node, scope.block, kind === 'inner' ? 'on' : 'outer on', (part) =>
      analysis.describe(part, scope),
    );
}

/** The columns that USING names, or that NATURAL finds. */
function sharedColumns(join: JoinExpr, left: readonly Source[], right: readonly Source[]): string[] {
  const using = names(join.usingClause);
  if (!join.isNatural) return using;
  const ofRight = new Set(right.flatMap((source) => source.columnNames ?? []));
  return [
    ...using,
    ...left.flatMap((source) => source.columnNames ?? []).filter((name) => ofRight.has(name)),
  ];
}
