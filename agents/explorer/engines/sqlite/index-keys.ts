import type { AnalysedQuery, Block, ColumnUse, Expression } from '../../sql/analysed-query.ts';
import { ident } from '../../sql/nodes.ts';
import type { StoredTable } from './stored-tables.ts';

/** Beyond this many, building costs more than another index could bring. */
const MOST = 6;

/** Lists of keys to index one table by, each key a quoted name with its direction; `covering` holds all columns. */
export function indexKeys(
  query: AnalysedQuery,
  stored: StoredTable,
): { plain: string[][]; covering: string[][] } {
  const lists = query.blocks.flatMap((block) => blockKeys(block, stored)).filter((keys) => keys.length > 0);
  const plain = [...new Map(lists.map((keys) => [keys.join(), keys])).values()].slice(0, MOST);
  const covering = plain.map((keys) => {
    const bare = new Set(keys.map((key) => key.replace(/ DESC$/, '')));
    const others = [...stored.columns.values()]
      .map(({ name }) => `"${name}"`)
      .filter((name) => !bare.has(name));
    return [...keys, ...others];
  });
  return { plain, covering: [...new Map(covering.map((keys) => [keys.join(), keys])).values()] };
}

function blockKeys(block: Block, stored: StoredTable): string[][] {
  const key = (expression: Expression | null): string[] => {
    if (expression === null) return [];
    if (expression.column !== null) return keyOf(expression.column, stored);
    const column = expression.indexSql === null ? undefined : stored.columns.get(expression.indexSql);
    return column === undefined ? [] : [`"${column.name}"`];
  };
  const compared = (kind: string) =>
    block.predicates.flatMap((one) => (one.kind === kind ? key(one.on) : []));
  const equal = compared('equality');
  const range = [...compared('range'), ...compared('like')];
  const joined = block.joins.flatMap(({ left, right }) => [left, right].flatMap((use) => keyOf(use, stored)));
  const order = block.orderBy.flatMap(({ expression, descending }) =>
    key(expression).map((name) => (descending ? `${name} DESC` : name)),
  );
  const group = block.groupBy.flatMap(key);
  const after = (keys: readonly string[]) =>
    keys.length === 0
      ? []
      : unique([...equal, ...keys.filter((name) => !equal.includes(name.replace(/ DESC$/, '')))]);
  return [
    unique([...equal, ...range.slice(0, 1)]),
    after(order),
    after(group),
    ...joined.map((name) => unique([name, ...equal])),
    ...range.slice(1).map((name) => after([name])),
  ];
}

function keyOf(use: ColumnUse, { table, columns }: StoredTable): string[] {
  const name =
    use.source.table === table || use.origin?.table === table ? (use.origin?.column.name ?? use.name) : null;
  const column = name === null ? undefined : columns.get(ident(name));
  return column === undefined ? [] : [`"${column.name}"`];
}

function unique(keys: readonly string[]): string[] {
  return [...new Set(keys)];
}
