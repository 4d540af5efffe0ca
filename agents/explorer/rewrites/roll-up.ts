import type { AnalysedQuery, Block, Predicate } from '../sql/analysed-query.ts';
import { deparse } from '../sql/nodes.ts';
import {
  createIndex,
  fromText,
  hasAggregation,
  limitText,
  objectName,
  tableName,
  whereNodes,
  whereText,
  withBlocks,
} from './block-text.ts';
import { type Decomposition, decompose, regroup } from './decompose.ts';
import { groupsGuess } from './groups-guess.ts';
import { type Bounds, boundsOf, STEPS, type Step } from './range-bounds.ts';
import type { Proposal, Rewrite } from './rewrite.ts';
import { StoredColumns } from './stored-columns.ts';
import { type StoredInput, storedInput } from './stored-input.ts';

/** Groups by more than this share of the rows are not much smaller than the rows. */
const LARGEST_SHARE = 4;

/** Aggregates kept per group and per value that a parameter may select; the query sums up what it selects. */
export const rollUp: Rewrite = {
  name: 'roll-up',
  kind: 'materialise',
  propose(query): Proposal[] {
    const made = query.blocks.map((block) => ofBlock(block)).filter((rolled) => rolled.length > 0);
    const each = made.flatMap((rolled) => rolled.map((one) => proposal(query, [one])));
    if (made.length < 2) return each;
    const together = [0, 1].map((i) =>
      made.flatMap((rolled) => rolled[Math.min(i, rolled.length - 1)] ?? []),
    );
    return [...together.map((rolled) => proposal(query, rolled)), ...each];
  },
};

interface RolledUp {
  block: Block;
  label: string;
  /** What takes the place of the block. */
  sql: string;
  ddl: string[];
  refresh: string;
}

function proposal(query: AnalysedQuery, rolled: readonly RolledUp[]): Proposal {
  return {
    label: [...new Set(rolled.map((one) => one.label))].join('; '),
    sql: withBlocks(query, new Map(rolled.map((one) => [one.block, one.sql]))),
    ddl: [...new Set(rolled.flatMap((one) => one.ddl))],
    refresh: [...new Set(rolled.map((one) => one.refresh))],
  };
}

function ofBlock(block: Block): RolledUp[] {
  const input = storedInput(block);
  if (
    input === null ||
    !hasAggregation(block) ||
    !block.plainGroupBy ||
    block.windows.length > 0 ||
    block.distinct !== 'none'
  )
    return [];
  const unfit =
    block.groupBy.some((key) => key.params.length > 0 || key.hasSubquery) ||
    block.aggregates.some((aggregate) =>
      [...aggregate.args, aggregate.filter].some(
        (part) => part !== null && (part.params.length > 0 || part.hasSubquery),
      ),
    );
  if (unfit) return [];
  const bounds = boundsOf(input);
  if (bounds === null) return plain(block, input);
  return STEPS[bounds.type]?.flatMap((step) => bucketed(block, input, bounds, step)) ?? [];
}

interface Parts {
  keys: StoredColumns;
  /** The block's aggregates and groups over the alias `r`. */
  decomposition: Decomposition;
  /** Dynamic conjuncts over `r`. */
  conditions: string[];
  groups: string[];
}

function partsOf(block: Block, dynamics: readonly Predicate[], rows: number): Parts | null {
  const keys = new StoredColumns(block, 'k');
  const groups = block.groupBy.map((key) => `r.${keys.add(key.node)}`);
  const conditions = dynamics.map((predicate) => `(${deparse(keys.over(predicate.whole.node, 'r'))})`);
  const decomposition = decompose(block, 'r', (aggregate) => {
    const argument = aggregate.args[0];
    const countsValues =
      aggregate.name === 'count' &&
      aggregate.distinct &&
      aggregate.args.length === 1 &&
      aggregate.filter === null;
    return countsValues && argument !== undefined ? `count(DISTINCT r.${keys.add(argument.node)})` : null;
  });
  if (decomposition === null) return null;
  const size = groupsGuess(keys.expressions, block);
  return size > rows * LARGEST_SHARE && rows > 0 ? null : { keys, decomposition, conditions, groups };
}

function plain(block: Block, input: StoredInput): RolledUp[] {
  const parts = partsOf(block, input.dynamics, input.rows);
  const over = parts && regroup(block, parts.decomposition.swaps, parts.groups);
  if (!parts || !over) return [];
  const list = [
    ...parts.keys.list(),
    ...parts.decomposition.partials.map((text, i) => `${text} AS p${i + 1}`),
  ];
  const made = materialised(
    'rollup',
    block,
    `SELECT ${list.join(', ')} FROM ${input.from}${whereText(input.statics)}${groupBy(parts.keys.expressions.length)}`,
  );
  const sql = `${over.select} FROM ${made.name} AS r${whereText(parts.conditions)}${over.rest}${limitText(block)}`;
  const order = [
    ...new Set([
      ...equalities(input.dynamics, parts.keys),
      ...parts.keys.expressions.map((_, i) => `k${i + 1}`),
    ]),
  ].slice(0, 8);
  const index = order.length === 0 ? [] : [createIndex(made.name, made.name.slice(0, 30), order)];
  return [
    {
      label: `roll-up by ${described(parts.keys)}`,
      block,
      sql,
      ddl: [made.create, ...index, `ANALYZE ${made.name}`],
      refresh: made.refresh,
    },
  ];
}

/** Whole buckets from the roll-up, and the rows at the range's ends, which are no whole bucket, from the tables. */
function bucketed(block: Block, input: StoredInput, bounds: Bounds, size: Step): RolledUp[] {
  const parts = partsOf(block, bounds.others, input.rows / 10);
  const over = parts && regroup(block, parts.decomposition.swaps, parts.groups);
  if (!parts || !over) return [];
  const { partials } = parts.decomposition;
  const column = bounds.column.sql;
  const names = [
    ...parts.keys.expressions.map((_, i) => `k${i + 1}`),
    ...partials.map((_, i) => `p${i + 1}`),
  ];
  // Without a name the row still has to be there: an aggregate without arguments always has one.
  if (names.length === 0) return [];
  const stored = [
    ...parts.keys.list(),
    `${size.floor(column)} AS b`,
    ...partials.map((text, i) => `${text} AS p${i + 1}`),
  ];
  const made = materialised(
    `rollup_${size.name}`,
    block,
    `SELECT ${stored.join(', ')} FROM ${input.from}${whereText(input.statics)}${groupBy(parts.keys.expressions.length + 1)}`,
  );

  const first = bounds.lower && firstBucket(bounds.lower, size);
  const end = bounds.upper && size.floor(bounds.upper.value);
  const whole = [...(first ? [`r.b >= ${first}`] : []), ...(end ? [`r.b < ${end}`] : [])];
  const edges = [
    ...(first ? [[`${column} < ${first}`]] : []),
    ...(end ? [[`${column} >= ${end}`, ...(first ? [`${column} >= ${first}`] : [])]] : []),
  ];
  const list = [...parts.keys.list(), ...partials.map((text, i) => `${text} AS p${i + 1}`)].join(', ');
  const branches = [
    `SELECT ${names.map((name) => `r.${name}`).join(', ')} FROM ${made.name} AS r${whereText([...parts.conditions, ...whole])}`,
    ...edges.map(
      (edge) =>
        `SELECT ${list} FROM ${fromText(block)}${whereText([...whereNodes(block), ...edge])}${groupBy(parts.keys.expressions.length)}`,
    ),
  ];
  const sql = `${over.select} FROM (${branches.join(' UNION ALL ')}) AS r${over.rest}${limitText(block)}`;
  const order = [
    ...new Set([
      ...equalities(bounds.others, parts.keys),
      'b',
      ...parts.keys.expressions.map((_, i) => `k${i + 1}`),
    ]),
  ].slice(0, 8);
  const ddl = [
    made.create,
    createIndex(made.name, made.name.slice(0, 30), order),
    ...edgeIndex(bounds),
    `ANALYZE ${made.name}`,
  ];
  return [
    {
      label: `roll-up by ${size.name} and ${described(parts.keys)}, ends exact`,
      block,
      sql,
      ddl,
      refresh: made.refresh,
    },
  ];
}

function firstBucket(lower: NonNullable<Bounds['lower']>, size: Step): string {
  const floor = size.floor(lower.value);
  const next = `${floor} + INTERVAL '${size.interval}'`;
  return lower.operator === '>' ? next : `CASE WHEN ${floor} = ${lower.value} THEN ${floor} ELSE ${next} END`;
}

/** The ends are short ranges of the table itself. */
function edgeIndex(bounds: Bounds): string[] {
  const source = bounds.column.column?.source;
  const table = source?.table;
  if (!table || bounds.column.indexSql === null) return [];
  const equal = bounds.others.flatMap((predicate) =>
    predicate.kind === 'equality' && predicate.on?.column?.source === source && predicate.on?.indexSql
      ? [predicate.on.indexSql]
      : [],
  );
  return [
    createIndex(tableName(table), `${table.name}_${bounds.column.column?.name ?? ''}`, [
      ...new Set([...equal, bounds.column.indexSql]),
    ]),
  ];
}

function materialised(
  stem: string,
  block: Block,
  select: string,
): { name: string; create: string; refresh: string } {
  const name = objectName(`${stem}_${block.sources[0]?.table?.name ?? 'derived'}`, select);
  return {
    name,
    create: `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name} AS ${select}`,
    refresh: `REFRESH MATERIALIZED VIEW ${name}`,
  };
}

function groupBy(count: number): string {
  return count === 0 ? '' : ` GROUP BY ${Array.from({ length: count }, (_, i) => i + 1).join(', ')}`;
}

function equalities(dynamics: readonly Predicate[], keys: StoredColumns): string[] {
  return dynamics.flatMap((predicate) =>
    predicate.kind === 'equality' && predicate.on !== null && predicate.on.params.length === 0
      ? [keys.add(predicate.on.node)]
      : [],
  );
}

function described(keys: StoredColumns): string {
  const text = keys.expressions.map((node) => deparse(node)).join(', ');
  return text === '' ? 'nothing else' : text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
