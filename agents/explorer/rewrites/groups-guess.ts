import type { Block, Source } from '../sql/analysed-query.ts';
import { as, lastName, type Node, walk } from '../sql/nodes.ts';
import { distinctCount } from './loose-keys.ts';

/** Different values of a truncated time, and of a field of one. */
const PERIODS: Record<string, number> = {
  year: 30,
  isoyear: 30,
  quarter: 120,
  month: 360,
  week: 1500,
  day: 4000,
};
const FIELDS: Record<string, number> = {
  quarter: 4,
  month: 12,
  week: 53,
  day: 31,
  hour: 24,
  minute: 60,
  dow: 7,
  isodow: 7,
  doy: 366,
};

/**
 * A guess of how many groups expressions make together. Columns of a source that is joined by its unique key vary no
 * more than the column that they are joined by.
 */
export function groupsGuess(expressions: readonly Node[], block: Block): number {
  const bySource = new Map<Source | null, number>();
  const keyed = new Set<string>();
  for (const node of expressions) {
    const use = useOf(node, block);
    if (use && as(node, 'ColumnRef')) keyed.add(`${use.source.alias}.${use.name}`);
    const source = use?.source ?? null;
    bySource.set(source, (bySource.get(source) ?? 1) * distinctGuess(node, block));
  }
  let product = 1;
  for (const [source, guess] of bySource) {
    const rows = source === null ? Number.POSITIVE_INFINITY : rowsOf(source);
    const by =
      source &&
      block.joins
        .flatMap((join) => [[join.left, join.right] as const, [join.right, join.left] as const])
        .find(
          ([own]) =>
            own.source === source &&
            source.table?.unique.some((unique) => unique.length === 1 && unique[0] === own.name),
        );
    if (by && keyed.has(`${by[1].source.alias}.${by[1].name}`)) continue;
    product *= Math.min(guess, Math.max(rows, 1));
  }
  return product;
}

/** A guess of how many different values an expression takes, from the statistics of its columns. */
function distinctGuess(node: Node, block: Block): number {
  const call = as(node, 'FuncCall');
  const unit = as(call?.args?.[0], 'A_Const')?.sval?.sval?.toLowerCase() ?? '';
  const name = lastName(call?.funcname);
  if (name === 'date_trunc' && PERIODS[unit] !== undefined) return PERIODS[unit];
  if ((name === 'extract' || name === 'date_part') && (FIELDS[unit] ?? PERIODS[unit]) !== undefined)
    return FIELDS[unit] ?? PERIODS[unit] ?? 1;
  const cast = as(node, 'TypeCast');
  if (cast?.arg) return lastName(cast.typeName?.names) === 'date' ? 4000 : distinctGuess(cast.arg, block);
  if (as(node, 'NullTest') || as(node, 'BooleanTest') || as(node, 'BoolExpr')) return 3;
  const operation = as(node, 'A_Expr');
  const operator = lastName(operation?.name);
  if (operation && (operation.kind !== 'AEXPR_OP' || ['=', '<>', '<', '>', '<=', '>='].includes(operator)))
    return 3;
  if (operator.startsWith('->') || operator.startsWith('#>')) return 50;
  const use = useOf(node, block);
  const column = use?.source.table?.columns.find((candidate) => candidate.name === use.name);
  const rows = use ? rowsOf(use.source) : 0;
  return (column ? distinctCount(column, rows) : null) ?? Math.sqrt(rows);
}

/** The first column in an expression, with the source that owns it. */
function useOf(node: Node, block: Block): { source: Source; name: string } | null {
  let found: { source: Source; name: string } | null = null;
  walk([node], (child) => {
    const fields = as(child, 'ColumnRef')?.fields;
    if (!fields || found) return true;
    const name = lastName(fields);
    const qualifier = fields.length > 1 ? as(fields.at(-2), 'String')?.sval : undefined;
    const source = block.sources.find(
      (candidate) =>
        (qualifier === undefined || candidate.alias === qualifier) && candidate.columnNames?.includes(name),
    );
    if (source) found = { source, name };
    return true;
  });
  return found;
}

/** Rows of a source's largest table. */
export function rowsOf(source: Source): number {
  return source.table?.rows ?? Math.max(0, ...(source.block?.sources ?? []).map(rowsOf));
}
