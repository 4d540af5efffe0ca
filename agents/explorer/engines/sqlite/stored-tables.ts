import type { Table } from '../../plan.ts';
import { ident } from '../../sql/nodes.ts';
import { Untranslatable } from '../engine.ts';

export interface StoredColumn {
  name: string;
  /** PostgreSQL's type of it. */
  type: string;
  scale?: number;
  notNull: boolean;
  /** What PostgreSQL computes it from, over bare column names: a column or an expression. */
  source: string;
}

export interface StoredTable {
  table: Table;
  name: string;
  columns: Map<string, StoredColumn>;
}

const TYPES: Record<string, string> = {
  smallint: 'int2',
  integer: 'int4',
  bigint: 'int8',
  'double precision': 'float8',
  boolean: 'bool',
  text: 'text',
  uuid: 'uuid',
  date: 'date',
};

/** How a column that format_type describes so is kept. Throws Untranslatable where values could change. */
export function storedType(type: string): { type: string; scale?: number } {
  const plain = TYPES[type];
  if (plain !== undefined) return { type: plain };
  if (/^character varying/.test(type)) return { type: 'text' };
  const time = /^timestamp(?:\(\d\))? (with|without) time zone$/.exec(type);
  if (time !== null) return { type: time[1] === 'with' ? 'timestamptz' : 'timestamp' };
  const scaled = /^numeric\((\d+),(\d+)\)$/.exec(type);
  if (scaled !== null && Number(scaled[1]) <= 15) return { type: 'numeric', scale: Number(scaled[2]) };
  throw new Untranslatable(`SQLite has no type that keeps every ${type || 'value of an unknown type'}`);
}

/** The tables and columns that the copy must hold, found while the query is translated. */
export class StoredTables {
  readonly tables = new Map<Table, StoredTable>();
  private readonly columnTypes: ReadonlyMap<string, string>;

  constructor(columnTypes: ReadonlyMap<string, string>) {
    this.columnTypes = columnTypes;
  }

  /** SQLite's names do not know case, and some are its own. */
  table(table: Table): StoredTable {
    const known = this.tables.get(table);
    if (known !== undefined) return known;
    const taken = [...this.tables.values()].map(({ name }) => name);
    const made = { table, name: freeName(`t_${table.name}`, taken), columns: new Map() };
    this.tables.set(table, made);
    return made;
  }

  column(table: Table, name: string): StoredColumn {
    const type = this.columnTypes.get(`${table.schema}.${table.name}.${name}`) ?? '';
    const column = table.columns.find((one) => one.name === name);
    return this.add(table, name, {
      ...storedType(type),
      notNull: column?.notNull ?? false,
      source: ident(name),
    });
  }

  expression(table: Table, source: string, type: string): StoredColumn {
    // Only numerics that are whole are asked for.
    const kept = type === 'numeric' ? { type, scale: 0 } : { type };
    return this.add(table, 'expression', { ...kept, notNull: false, source });
  }

  private add(table: Table, wish: string, column: Omit<StoredColumn, 'name'>): StoredColumn {
    const { columns } = this.table(table);
    const known = columns.get(column.source);
    if (known !== undefined) return known;
    const name = freeName(
      `c_${wish}`,
      [...columns.values()].map((one) => one.name),
    );
    const made = { name, ...column };
    columns.set(column.source, made);
    return made;
  }
}

function freeName(wish: string, taken: readonly string[]): string {
  const base = wish.replace(/\W/g, '_').toLowerCase();
  let name = base;
  for (let at = 2; taken.includes(name); at += 1) name = `${base}_${at}`;
  return name;
}
