import type { AnalysedQuery, Block } from '../sql/analysed-query.ts';
import { as, deparseSelect, type Node, walk } from '../sql/nodes.ts';
import {
  createIndex,
  direction,
  freshNames,
  hasAggregation,
  isPlain,
  label,
  limitText,
  objectName,
  withBlock,
} from './block-text.ts';
import { isSettled } from './expression-facts.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

/** A part of the query that no parameter reaches, computed once and kept. */
export const storedBlock: Rewrite = {
  name: 'stored part without parameters',
  kind: 'materialise',
  propose(query): Proposal[] {
    return query.blocks.flatMap((block) => stored(query, block) ?? []);
  },
};

function stored(query: AnalysedQuery, block: Block): Proposal | null {
  const costly =
    hasAggregation(block) ||
    block.windows.length > 0 ||
    block.distinct !== 'none' ||
    block.sources.length > 1 ||
    block.role === 'top';
  if (
    !isPlain(block) ||
    !costly ||
    block.outerUses.length > 0 ||
    block.role === 'branch' ||
    block.role === 'exists' ||
    block.select.withClause
  )
    return null;
  const { sortClause: _, limitCount: __, limitOffset: ___, ...unordered } = block.select;
  if (
    readsCtes(block.select, query) ||
    !isSettled(typeof block.distinct === 'string' ? unordered : block.select)
  )
    return null;
  const source = freshNames(query)('m');
  const names = block.outputs.map((output) => output.name);
  const distinct = typeof block.distinct !== 'string';
  const sorts = block.orderBy.map((key) =>
    block.outputs.findIndex((output) => output.expression.sql === key.expression.sql),
  );
  // Order and page are applied again over the stored rows, so that one stored table serves every page.
  if (sorts.includes(-1) && (block.role === 'top' || block.limit || block.offset)) return null;
  const columns = names.map((_name, i) => `c${i + 1}`);
  const select = `SELECT * FROM (${deparseSelect(distinct ? block.select : { ...unordered, limitOption: 'LIMIT_OPTION_DEFAULT' })}) AS ${source}(${columns.join(', ')})`;
  const name = objectName(`part_${block.sources[0]?.table?.name ?? 'derived'}`, select);
  const list = columns.map((column, i) => `${source}.${column} AS ${label(names[i] ?? '')}`).join(', ');
  const order =
    sorts.includes(-1) || sorts.length === 0
      ? ''
      : ` ORDER BY ${block.orderBy.map((key, i) => `${(sorts[i] ?? 0) + 1}${direction(key)}`).join(', ')}`;
  const sql = `SELECT ${list} FROM ${name} AS ${source}${order}${distinct ? '' : limitText(block)}`;
  const keys = indexColumns(query, block);
  const index = keys.map((column) => createIndex(name, name.slice(0, 30), [column]));
  const sorted =
    order === ''
      ? []
      : [
          createIndex(
            name,
            name.slice(0, 30),
            block.orderBy.map((key, i) => `c${(sorts[i] ?? 0) + 1}${direction(key)}`),
          ),
        ];
  return {
    label: `store ${block.role === 'top' ? 'the answer' : 'an inner part'} that needs no parameter`,
    sql: withBlock(query, block, sql),
    ddl: [
      `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name} AS ${select}`,
      ...index,
      ...sorted,
      `ANALYZE ${name}`,
    ],
    refresh: [`REFRESH MATERIALIZED VIEW ${name}`],
  };
}

/** Columns of the stored rows that the rest of the query compares. */
function indexColumns(query: AnalysedQuery, block: Block): string[] {
  const found = new Set<string>();
  for (const outer of query.blocks) {
    for (const source of outer.sources) {
      if (source.block !== block) continue;
      const uses = [
        ...outer.joins.flatMap((join) => [join.left, join.right]),
        ...outer.predicates.flatMap((predicate) => predicate.on?.column ?? []),
      ];
      for (const use of uses) {
        const position = use.source === source ? (source.columnNames?.indexOf(use.name) ?? -1) : -1;
        if (position >= 0) found.add(`c${position + 1}`);
      }
    }
  }
  return [...found];
}

function readsCtes(value: unknown, query: AnalysedQuery): boolean {
  const ctes = new Set<string>();
  walk(query.select, (node: Node) => {
    const name = as(node, 'CommonTableExpr')?.ctename;
    if (name !== undefined) ctes.add(name);
    return true;
  });
  let found = false;
  walk(value, (node: Node) => {
    const range = as(node, 'RangeVar');
    if (range?.relname !== undefined && ctes.has(range.relname)) found = true;
    return true;
  });
  return found;
}
