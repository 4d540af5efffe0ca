import { Fault } from '../../../datasets/fault.ts';
import type { Catalog } from '../plan.ts';
import type { AnalysedQuery, Block, BlockRole, ColumnUse, Expression, SortKey } from './analysed-query.ts';
import { addCalls } from './calls.ts';
import { describeExpression } from './expressions.ts';
import { type Analysis, addSources } from './from-clause.ts';
import type { Node, SelectStmt } from './nodes.ts';
import { as, conjuncts, deparseSelect, loadParser, names, parseSelect, walk } from './nodes.ts';
import { addOutputs, groupKey, orderTarget, sortKeys } from './output-columns.ts';
import { addCondition } from './predicates.ts';
import type { Scope } from './scope.ts';
import { noteUse } from './scope.ts';

/**
 * Parses one SELECT and resolves its names against the catalogue. What cannot be resolved soundly is marked, never
 * guessed. Throws a Fault where `sql` is not one SELECT.
 */
export async function analyseQuery(sql: string, catalog: Catalog): Promise<AnalysedQuery> {
  await loadParser();
  return analyseLoaded(sql, catalog);
}

/** As `analyseQuery`, for callers that have loaded the parser already. */
export function analyseLoaded(sql: string, catalog: Catalog): AnalysedQuery {
  let select: SelectStmt | undefined;
  try {
    select = parseSelect(sql);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Fault('sql_syntax', `The query does not parse: ${reason}.`, {
      hint: 'Check the query file of the target.',
      cause,
    });
  }
  if (select === undefined) {
    throw new Fault('sql_not_select', 'The query is not one SELECT statement.', {
      hint: 'Only queries that read are explored.',
    });
  }
  const blocks: Block[] = [];
  new QueryAnalysis(catalog, blocks).block(select, 'top', null, null);
  const params = new Set<number>();
  walk(select, (node) => {
    const number = as(node, 'ParamRef')?.number;
    if (number !== undefined) params.add(number);
    return true;
  });
  const text = sql.replace(/;\s*$/, '').trim();
  return {
    sql: text === '' ? deparseSelect(select) : text,
    select,
    blocks,
    params: [...params].sort((a, b) => a - b),
  };
}

class QueryAnalysis implements Analysis {
  readonly catalog: Catalog;
  private readonly blocks: Block[];
  private readonly done = new Map<SelectStmt, Block>();

  constructor(catalog: Catalog, blocks: Block[]) {
    this.catalog = catalog;
    this.blocks = blocks;
  }

  block(select: SelectStmt, role: BlockRole, parent: Block | null, outerScope: Scope | null): Block {
    const known = this.done.get(select);
    if (known) return known;
    const block: Block = {
      id: this.blocks.length,
      role,
      parent,
      select,
      sources: [],
      predicates: [],
      having: [],
      joins: [],
      outputs: [],
      outputsKnown: true,
      groupBy: [],
      plainGroupBy: true,
      distinct: 'none',
      orderBy: [],
      aggregates: [],
      windows: [],
      limit: null,
      offset: null,
      setOperation: select.op !== undefined && select.op !== 'SETOP_NONE',
      outerUses: [],
    };
    this.blocks.push(block);
    this.done.set(select, block);
    const scope: Scope = {
      block,
      sources: block.sources,
      merged: new Set(),
      ctes: new Map(),
      parent: outerScope,
    };
    this.ctes(select, scope);
    if (block.setOperation) this.setOperation(select, scope);
    else this.plain(select, scope);
    block.limit = select.limitCount ? this.describe(select.limitCount, scope) : null;
    block.offset = select.limitOffset ? this.describe(select.limitOffset, scope) : null;
    for (const use of block.outerUses) {
      const isParents = parent === null || parent.sources.includes(use.source);
      if (!isParents && !parent.outerUses.includes(use)) parent.outerUses.push(use);
    }
    return block;
  }

  private ctes(select: SelectStmt, scope: Scope): void {
    for (const node of select.withClause?.ctes ?? []) {
      const cte = as(node, 'CommonTableExpr');
      if (cte?.ctename === undefined) continue;
      if (select.withClause?.recursive) scope.ctes.set(cte.ctename, null);
      const inner = as(cte.ctequery, 'SelectStmt');
      // A CTE sees the CTEs before it and what encloses the statement, not the statement's own FROM.
      const within: Scope = { ...scope, sources: [], merged: new Set() };
      const block = inner ? this.block(inner, 'cte', scope.block, within) : null;
      const renamed = names(cte.aliascolnames);
      for (const [i, name] of renamed.entries()) {
        const output = block?.outputs[i];
        if (output) output.name = name;
      }
      scope.ctes.set(cte.ctename, block);
    }
  }

  private setOperation(select: SelectStmt, scope: Scope): void {
    const branches = [select.larg, select.rarg].flatMap((branch) =>
      branch ? [this.block(branch, 'branch', scope.block, { ...scope, sources: [] })] : [],
    );
    const left = branches[0];
    for (const branch of branches) scope.block.outerUses.push(...branch.outerUses);
    scope.block.outputs = (left?.outputs ?? []).map((output) => ({
      name: output.name,
      expression: { ...output.expression, column: null, immutable: false, indexSql: null },
    }));
    scope.block.outputsKnown = branches.every((branch) => branch.outputsKnown);
    scope.block.orderBy = this.orderBy(select, scope);
  }

  private plain(select: SelectStmt, scope: Scope): void {
    const block = scope.block;
    const describe = (node: Node) => this.describe(node, scope);
    for (const node of select.fromClause ?? []) addSources(node, scope, 'inner', this);
    for (const node of conjuncts(select.whereClause)) addCondition(node, block, 'where', describe);
    for (const node of select.targetList ?? []) addOutputs(node, scope, describe);
    block.having = conjuncts(select.havingClause).map(describe);
    for (const node of select.groupClause ?? []) {
      if (as(node, 'GroupingSet')) block.plainGroupBy = false;
      else block.groupBy.push(groupKey(node, block, describe));
    }
    block.orderBy = this.orderBy(select, scope);
    const distinct = select.distinctClause;
    if (distinct) {
      // An empty node is how the parser writes a plain DISTINCT.
      const keys = distinct.filter((node) => Object.keys(node).length > 0);
      block.distinct = keys.length === 0 ? 'all' : keys.map((node) => orderTarget(node, block, describe));
    }
    addCalls(select, block, describe);
  }

  private orderBy(select: SelectStmt, scope: Scope): SortKey[] {
    return sortKeys(select.sortClause, (node) =>
      orderTarget(node, scope.block, (part) => this.describe(part, scope)),
    );
  }

  describe(node: Node, scope: Scope): Expression {
    const expression = describeExpression(node, scope, (sub) => this.subqueryUses(sub, scope));
    for (const use of expression.columns) noteUse(use, scope);
    // A whole-row or otherwise unknown reference may read any column.
    if (expression.unresolved) {
      for (const source of scope.sources)
        for (const name of source.columnNames ?? []) source.columns.add(name);
    }
    return expression;
  }

  private subqueryUses(node: Node, scope: Scope): ColumnUse[] {
    const link = as(node, 'SubLink');
    const inner = as(link?.subselect, 'SelectStmt');
    if (!inner) return [];
    const role: BlockRole =
      link?.subLinkType === 'EXISTS_SUBLINK'
        ? 'exists'
        : link?.subLinkType === 'ANY_SUBLINK'
          ? 'in'
          : 'scalar';
    const block = this.block(inner, role, scope.block, scope);
    return block.outerUses.map((use) => ({ ...use, outer: !scope.sources.includes(use.source) }));
  }
}
