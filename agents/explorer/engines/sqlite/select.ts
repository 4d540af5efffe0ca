import type { Catalog } from '../../plan.ts';
import { as, type Node, names, type SelectStmt, survivesDeparse } from '../../sql/nodes.ts';
import { outputName } from '../../sql/output-name.ts';
import { type EngineInput, Untranslatable } from '../engine.ts';
import { condition } from './conditions.ts';
import { translateExpression } from './expressions.ts';
import { fromSql } from './from-clause.ts';
import {
  columnNames,
  columnTerm,
  innerScope,
  type OutputColumn,
  renamed,
  resolveName,
  type Scope,
} from './scopes.ts';
import { sortSql } from './sort-keys.ts';
import { StoredTables } from './stored-tables.ts';
import { countParameter, form, splitParts, type Term, unify } from './terms.ts';
import type { Translated, Translation } from './translation.ts';

const PARAM_TYPES: Record<string, string> = {
  smallint: 'int2',
  integer: 'int4',
  bigint: 'int8',
  'double precision': 'float8',
  boolean: 'bool',
  'character varying': 'text',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
};

/** The whole query for SQLite, and what the store must hold for it. Throws Untranslatable where a meaning is in doubt. */
export function sqliteQuery({
  query,
  catalog,
  paramTypes,
  columnTypes,
  bytewiseText,
}: Pick<EngineInput, 'query' | 'catalog' | 'paramTypes' | 'columnTypes' | 'bytewiseText'>) {
  // A clause that the parser's own printer drops may be one that this translation does not know either.
  if (!survivesDeparse(query.select)) throw new Untranslatable('it has a clause that is rare');
  const select = new SelectTranslation(catalog, columnTypes, {
    paramTypes: paramTypes.map((type) => PARAM_TYPES[type] ?? type),
    bytewiseText,
  });
  const { sql, columns } = select.statement(query.select, innerScope(null, new Map()));
  return { parts: splitParts(sql), columns, store: select.store };
}

class SelectTranslation implements Translation {
  readonly catalog: Catalog;
  readonly store: StoredTables;
  readonly paramTypes: string[];
  readonly bytewiseText: boolean;
  private aliases = 0;

  constructor(
    catalog: Catalog,
    columnTypes: ReadonlyMap<string, string>,
    { paramTypes, bytewiseText }: Pick<Translation, 'paramTypes' | 'bytewiseText'>,
  ) {
    this.catalog = catalog;
    this.store = new StoredTables(columnTypes);
    this.paramTypes = paramTypes;
    this.bytewiseText = bytewiseText;
  }

  expression(node: Node, scope: Scope): Term {
    return translateExpression(node, scope, this);
  }

  subquery(select: SelectStmt, scope: Scope): Translated {
    return this.statement(select, innerScope(scope, scope.ctes));
  }

  statement(select: SelectStmt, scope: Scope): Translated {
    if (
      select.valuesLists !== undefined ||
      select.lockingClause !== undefined ||
      select.intoClause !== undefined
    )
      throw new Untranslatable('it is no plain SELECT');
    const ctes = this.ctes(select, scope);
    const isSet = select.op !== undefined && select.op !== 'SETOP_NONE';
    const { sql, columns } = isSet ? this.setOperation(select, scope) : this.plain(select, scope);
    return { sql: `${ctes}${sql}${this.limit(select)}`, columns };
  }

  private ctes(select: SelectStmt, scope: Scope): string {
    if (select.withClause === undefined) return '';
    if (select.withClause.recursive) throw new Untranslatable('it is recursive');
    const all = (select.withClause.ctes ?? []).map((node) => {
      const cte = as(node, 'CommonTableExpr');
      const inner = as(cte?.ctequery, 'SelectStmt');
      if (cte?.ctename === undefined || inner === undefined) throw new Untranslatable('it changes data');
      const made = this.statement(inner, innerScope(scope.parent, scope.ctes));
      const name = this.alias('q');
      scope.ctes.set(cte.ctename, { name, columns: renamed(made.columns, names(cte.aliascolnames)) });
      const hint = cte.ctematerialized === 'CTEMaterializeAlways' ? 'MATERIALIZED ' : '';
      return `${name} AS ${hint}(${made.sql})`;
    });
    return `WITH ${all.join(', ')} `;
  }

  private setOperation(select: SelectStmt, scope: Scope): Translated {
    const words = { SETOP_UNION: 'UNION', SETOP_INTERSECT: 'INTERSECT', SETOP_EXCEPT: 'EXCEPT' } as const;
    const word = words[select.op as keyof typeof words];
    if (word === undefined || (select.all && word !== 'UNION'))
      throw new Untranslatable(`it uses ${word ?? 'a set operation'} ALL`);
    const branches = [select.larg, select.rarg].map((branch) => {
      if (branch === undefined) throw new Untranslatable('a branch is missing');
      return this.statement(branch, innerScope(scope.parent, scope.ctes));
    });
    const [left, right] = branches;
    if (left === undefined || right === undefined) throw new Untranslatable('a branch is missing');
    const columns = left.columns.map((column, at): OutputColumn => {
      const other = right.columns[at];
      if (other === undefined || other.type !== column.type || other.scale !== column.scale)
        throw new Untranslatable('its branches have columns of different types');
      if (!select.all) unify([{ ...column, sql: '' }], true);
      return { ...column, notNull: column.notNull && other.notNull, rounded: false };
    });
    const all = branches.map(({ sql }) => `SELECT * FROM (${sql})`);
    const sql = all.join(` ${word}${select.all ? ' ALL' : ''} `);
    const order = (select.sortClause ?? []).map((node) => {
      const key = as(node, 'SortBy');
      const at = key?.node === undefined ? -1 : outputPosition(key.node, columns);
      const column = columns[at];
      if (key === undefined || column === undefined)
        throw new Untranslatable('it orders a union by an expression');
      return sortSql(key, { ...column, sql: '' }, this, String(at + 1));
    });
    return { sql: `${sql}${order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`}`, columns };
  }

  private plain(select: SelectStmt, scope: Scope): Translated {
    const from = (select.fromClause ?? []).map((node) => fromSql(node, scope, false, this));
    if (from.length > 1 && from.some((sql) => /^\S.* (RIGHT|FULL) JOIN /.test(sql)))
      throw new Untranslatable('it joins a list with an outer join from the right');
    for (const node of select.windowClause ?? []) {
      const window = as(node, 'WindowDef');
      if (window?.name !== undefined) scope.windows.set(window.name, window);
    }
    scope.grouped = (select.groupClause?.length ?? 0) > 0;
    const where =
      select.whereClause === undefined
        ? ''
        : ` WHERE ${condition(this.expression(select.whereClause, scope))}`;
    const outputs = (select.targetList ?? []).flatMap((node) => this.outputs(node, scope));
    const terms = outputs.map(({ term }) => term);
    const columns = outputs.map(
      ({ name, term }): OutputColumn => ({ name, type: term.type, notNull: term.notNull, ...form(term) }),
    );
    const group = (select.groupClause ?? []).map((node) => this.groupKey(node, scope, columns, terms));
    const having =
      select.havingClause === undefined
        ? ''
        : ` HAVING ${condition(this.expression(select.havingClause, scope))}`;
    const order = (select.sortClause ?? []).map((node) => {
      const key = as(node, 'SortBy');
      if (key?.node === undefined) throw new Untranslatable('it orders by nothing');
      const at = outputPosition(key.node, columns);
      const target = terms[at];
      if (target !== undefined) return sortSql(key, target, this, String(at + 1));
      return sortSql(key, this.expression(key.node, scope), this);
    });
    const distinct = this.distinct(select, terms);
    const list = terms.map(({ sql }, at) => `${sql} AS c${at + 1}`).join(', ');
    const clause = (words: string, items: string[]) =>
      items.length === 0 ? '' : ` ${words} ${items.join(', ')}`;
    const sql = `SELECT ${distinct}${list}${clause('FROM', from)}${where}${clause('GROUP BY', group)}${having}${clause('ORDER BY', order)}`;
    return { sql, columns };
  }

  private distinct(select: SelectStmt, terms: readonly Term[]): string {
    if (select.distinctClause === undefined) return '';
    if (select.distinctClause.some((node) => Object.keys(node).length > 0))
      throw new Untranslatable('it uses DISTINCT ON');
    for (const term of terms) unify([term], true);
    return 'DISTINCT ';
  }

  private outputs(node: Node, scope: Scope): { name: string; term: Term }[] {
    const target = as(node, 'ResTarget');
    if (target?.val === undefined) throw new Untranslatable('an output is missing');
    const fields = as(target.val, 'ColumnRef')?.fields ?? [];
    if (fields.some((field) => as(field, 'A_Star'))) {
      const alias = names(fields).at(-1);
      const starred = scope.sources.filter((source) => alias === undefined || source.alias === alias);
      if (starred.length === 0 || scope.merged.size > 0)
        throw new Untranslatable('its * depends on merged columns');
      return starred.flatMap((source) =>
        columnNames(source).map((name) => ({ name, term: columnTerm(source, name, this.store) })),
      );
    }
    const found = this.expression(target.val, scope);
    if (found.param !== undefined && found.type === 'numeric')
      throw new Untranslatable('it gives out a numeric parameter');
    const term = found.type === 'unknown' ? (unify([found], false)[0] ?? found) : found;
    return [{ name: target.name ?? outputName(target.val), term }];
  }

  /** GROUP BY looks at the columns' names before the outputs'. */
  private groupKey(
    node: Node,
    scope: Scope,
    columns: readonly OutputColumn[],
    terms: readonly Term[],
  ): string {
    if (as(node, 'GroupingSet')) throw new Untranslatable('it groups by several sets');
    const at = outputPosition(node, columns);
    const isColumn = as(node, 'ColumnRef') !== undefined && resolveName(scope, node) !== null;
    const key = terms[at] !== undefined && !isColumn ? terms[at] : this.expression(node, scope);
    unify([key], true);
    // A bare number would be a position.
    return /^\d+$/.test(key.sql) ? `(${key.sql} + 0)` : key.sql;
  }

  private limit(select: SelectStmt): string {
    if (select.limitOption === 'LIMIT_OPTION_WITH_TIES') throw new Untranslatable('it limits with ties');
    const count = this.count(select.limitCount, 'limit');
    const offset = this.count(select.limitOffset, 'offset');
    if (count === null && offset === null) return '';
    return ` LIMIT ${count ?? '-1'}${offset === null ? '' : ` OFFSET ${offset}`}`;
  }

  private count(node: Node | undefined, kind: 'limit' | 'offset'): string | null {
    if (node === undefined) return null;
    const bare = as(node, 'TypeCast')?.arg ?? node;
    const param = as(bare, 'ParamRef')?.number;
    if (param !== undefined && (this.paramTypes[param - 1] ?? '').startsWith('int'))
      return countParameter(param, kind);
    const constant = as(node, 'A_Const');
    if (constant?.isnull) return null;
    const value = constant?.ival === undefined ? -1 : (constant.ival.ival ?? 0);
    if (value < 0) throw new Untranslatable(`its ${kind} is no plain number`);
    return String(value);
  }

  alias(letter: string): string {
    this.aliases += 1;
    return `${letter}${this.aliases}`;
  }
}

/** The output that a position or a bare name means, or −1. */
function outputPosition(node: Node, columns: readonly OutputColumn[]): number {
  const position = as(node, 'A_Const')?.ival?.ival;
  if (position !== undefined) return position - 1;
  const fields = names(as(node, 'ColumnRef')?.fields);
  return fields.length === 1 ? columns.findIndex(({ name }) => name === fields[0]) : -1;
}
