import type { Draw } from './draw.ts';
import type { Column, Table } from './schema.ts';

/** A query with where its parameters come from. */
export interface DrawnQuery {
  name: string;
  sql: string;
  /** The table whose random rows give the parameters. */
  from: Table;
  /** An expression over a row `r` of `from` for each parameter; `u` is a random number in [0, 1) of that row. */
  params: string[];
}

/** Numbers the parameters of one statement as its parts are written. */
export class Parameters {
  readonly values: string[] = [];

  /** `$n` for an expression over the row `r` that parameters are taken from. */
  add(value: string): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

export const of = (table: Table, ...kinds: Column['kind'][]): Column[] =>
  table.columns.filter(({ kind }) => kinds.includes(kind));

const row = (column: Column): string => `r.${column.name}`;

/** `column = $n` with a value of some row. */
export function equals(parameters: Parameters, alias: string, column: Column): string {
  return `${alias}${column.name} = ${parameters.add(row(column))}`;
}

/** A window over times or numbers that holds about the given share of their span. */
export function between(
  draw: Draw,
  parameters: Parameters,
  alias: string,
  column: Column,
  share: number,
): string {
  const value = row(column);
  const width = column.span * share;
  const seconds = Math.max(60, Math.round(width));
  const end =
    column.kind !== 'moment'
      ? `${value} + ${column.type === 'numeric(14,2)' ? width.toFixed(2) : Math.ceil(width)}`
      : column.type === 'date'
        ? `${value} + ${Math.max(1, Math.round(width / 86_400))}`
        : `${value} + interval '${seconds} seconds'`;
  const name = `${alias}${column.name}`;
  return draw.chance(0.3)
    ? `${name} BETWEEN ${parameters.add(value)} AND ${parameters.add(end)}`
    : `${name} >= ${parameters.add(value)} AND ${name} < ${parameters.add(end)}`;
}

/** A condition without parameters, as applications have them. */
export function fixed(draw: Draw, alias: string, table: Table): string | undefined {
  const flags = of(table, 'flag').map((flag) => `${draw.chance(0.5) ? 'NOT ' : ''}${alias}${flag.name}`);
  const nullable = table.columns.filter(({ nulls }) => nulls > 0);
  const present = nullable.map((column) => `${alias}${column.name} IS NOT NULL`);
  const all = [...flags, ...present];
  return all.length === 0 ? undefined : draw.pick(all);
}

/** Some columns for a SELECT list, the given ones first. */
export function list(draw: Draw, alias: string, table: Table, first: readonly Column[]): string {
  const others = table.columns.filter((column) => !first.includes(column) && column.kind !== 'document');
  return [...new Set([...first, ...draw.some(others, 1, Math.min(4, others.length))])]
    .map((column) => `${alias}${column.name}`)
    .join(', ');
}

export const aggregate = (draw: Draw, alias: string, column: Column): string =>
  `${draw.pick(['sum', 'avg', 'max', 'min'])}(${alias}${column.name})`;

export const where = (parts: readonly (string | undefined)[]): string =>
  `WHERE ${parts.filter((part) => part !== undefined).join('\n  AND ')}`;
