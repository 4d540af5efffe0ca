import type { Draw } from './draw.ts';
import { createNamer, drawWord, literal, quoted } from './names.ts';

export type ColumnKind =
  | 'key'
  | 'reference'
  | 'category'
  | 'code'
  | 'words'
  | 'quantity'
  | 'amount'
  | 'moment'
  | 'flag'
  | 'document';

export interface Column {
  /** Quoted where it has to be. */
  name: string;
  kind: ColumnKind;
  type: string;
  nullable: boolean;
  /** The value of row `i`, without NULLs. */
  value: string;
  /** Share of NULLs. */
  nulls: number;
  /** Of a moment: how much time the rows spread over, seconds. Of a number: its largest value. */
  span: number;
  /** Of a reference: the table it points into. */
  to?: Table;
  /** Of a document: its keys with a text each. */
  keys?: string[];
  /** Of a text of words: some that occur. */
  words?: string[];
}

export interface Table {
  /** Schema-qualified where it is not in `public`, quoted where it has to be. */
  name: string;
  rows: number;
  columns: Column[];
  key: Column;
}

export interface Schema {
  /** Schemas to create, quoted. */
  schemas: string[];
  /** Referenced ones first. */
  tables: Table[];
}

const DAY = 86_400;

/** Two to four tables: one or two small ones that larger ones refer to. */
export function drawSchema(draw: Draw): Schema {
  const namer = createNamer(draw);
  const schemaNames = new Set(['public']);
  const other = draw.chance(0.6) ? quoted(namer(schemaNames)) : undefined;
  const taken = new Set<string>();
  const name = (): string => {
    const own = quoted(namer(taken));
    return other !== undefined && draw.chance(0.6) ? `${other}.${own}` : own;
  };
  const small: Table[] = Array.from({ length: draw.int(1, 2) }, () =>
    drawTable(draw, namer, name(), Math.round(draw.scale(300, 8_000)), []),
  );
  const large: Table[] = [];
  for (const rows of [
    draw.scale(500_000, 800_000),
    ...(draw.chance(0.6) ? [draw.scale(200_000, 350_000)] : []),
  ]) {
    const parents = [
      ...draw.shuffle(small).slice(0, draw.int(1, small.length)),
      ...large.filter(() => draw.chance(0.4)),
    ];
    large.push(drawTable(draw, namer, name(), Math.round(rows), parents));
  }
  return { schemas: other === undefined ? [] : [other], tables: [...small, ...large] };
}

function drawTable(
  draw: Draw,
  namer: (taken: Set<string>) => string,
  name: string,
  rows: number,
  parents: readonly Table[],
): Table {
  const taken = new Set<string>();
  const salt = () => draw.int(1, 1_000_000);
  const uniform = () => `((hashint8extended(i, ${salt()}) & 16777215) / 16777216::float8)`;
  const skewed = () => (draw.chance(0.3) ? uniform() : `power(${uniform()}, ${draw.int(2, 3)})`);
  const column = (
    kind: ColumnKind,
    type: string,
    value: string,
    more: Partial<Column> & { mayBeNull?: number } = {},
  ): Column => {
    const { mayBeNull = 0.35, ...rest } = more;
    const nulls = draw.chance(mayBeNull) ? draw.scale(0.01, 0.3) : 0;
    return {
      name: quoted(namer(taken)),
      kind,
      type,
      nullable: nulls > 0 || draw.chance(mayBeNull / 2),
      value: nulls > 0 ? `CASE WHEN ${uniform()} < ${nulls.toFixed(3)} THEN NULL ELSE ${value} END` : value,
      nulls,
      span: 0,
      ...rest,
    };
  };
  const words = (count: number) => Array.from({ length: count }, () => drawWord(draw));
  const oneOf = (values: readonly string[], share: string) =>
    `(ARRAY[${values.map(literal).join(',')}])[1 + floor(${values.length} * ${share})::int]`;

  const makers: Record<Exclude<ColumnKind, 'key' | 'reference'>, () => Column> = {
    category: () => column('category', 'text', oneOf(words(Math.round(draw.scale(3, 40))), skewed())),
    code: () => {
      const distinct = Math.ceil(rows * draw.pick([1, 1, 0.3, 0.02]));
      const value = `upper(substr(md5((hashint8extended(i, ${salt()}) & 4294967295) % ${distinct} || ${literal(drawWord(draw))}), 1, ${draw.int(9, 14)}))`;
      return column('code', 'text', value, { mayBeNull: 0.15 });
    },
    words: () => {
      const used = words(60);
      const parts = Array.from({ length: draw.int(2, 4) }, () => oneOf(used, uniform()));
      return column('words', 'text', `concat_ws(' ', ${parts.join(', ')}, i % 997)`, { words: used });
    },
    quantity: () => {
      const [type, most] = draw.chance(0.7)
        ? (['int', Math.round(draw.scale(20, 100_000))] as const)
        : (['bigint', Math.round(draw.scale(1e6, 1e11))] as const);
      return column('quantity', type, `floor(${most} * ${skewed()})::${type}`, { span: most });
    },
    amount: () => {
      const most = Math.round(draw.scale(100, 1e6));
      return column('amount', 'numeric(14,2)', `round((${most} * ${skewed()})::numeric, 2)`, { span: most });
    },
    moment: () => {
      const type = draw.pick(['timestamp', 'timestamptz', 'timestamptz', 'date']);
      const days = draw.int(60, 900);
      const start = `'20${draw.int(18, 24)}-0${draw.int(1, 9)}-01'`;
      const share = draw.chance(0.6) ? `least(i::float8 / ${rows} + 0.001 * ${uniform()}, 1)` : uniform();
      const value =
        type === 'date'
          ? `DATE ${start} + floor(${days} * ${share})::int`
          : `${type} ${start} + interval '1 second' * floor(${days * DAY} * ${share})`;
      return column('moment', type, value, { span: days * DAY, mayBeNull: 0.15 });
    },
    flag: () => column('flag', 'boolean', `${uniform()} < ${draw.scale(0.03, 0.6).toFixed(3)}`),
    document: () => {
      const keys = words(draw.int(2, 3));
      const rare = Math.ceil(rows * draw.pick([0.3, 0.02, 0.002]));
      const fields = keys.map((key, at) =>
        at === 0
          ? `${literal(key)}, 'v' || (hashint8extended(i, ${salt()}) & 4294967295) % ${rare}`
          : `${literal(key)}, ${oneOf(words(8), skewed())}`,
      );
      const value = `jsonb_build_object(${fields.join(', ')}, 'n', i % 1013)`;
      return column('document', 'jsonb', value, { keys, mayBeNull: 0.1 });
    },
  };
  const key = column('key', draw.pick(['int', 'bigint']), `i * ${draw.int(1, 9)} + ${draw.int(0, 5000)}`, {
    mayBeNull: 0,
  });
  const references = parents.map((to) =>
    column(
      'reference',
      to.key.type,
      `${to.key.value.replace(/^i /, `(1 + floor(${to.rows} * ${skewed()})::int) `)}`,
      {
        to,
        mayBeNull: 0.2,
      },
    ),
  );
  const large = rows > 50_000;
  const wanted: (keyof typeof makers)[] = large
    ? [
        'category',
        'code',
        'quantity',
        'amount',
        'moment',
        ...draw.some(['words', 'document', 'flag', 'category', 'moment', 'quantity'] as const, 2, 5),
      ]
    : ['category', 'code', ...draw.some(['words', 'flag', 'moment', 'amount'] as const, 1, 3)];
  const columns = [key, ...draw.shuffle([...references, ...wanted.map((kind) => makers[kind]())])];
  return { name, rows, columns, key };
}

/** Creates and fills everything; run by psql. The same values on every machine. */
export function dataScript({ schemas, tables }: Schema): string {
  const lines = ['\\set ON_ERROR_STOP on', ...schemas.map((schema) => `CREATE SCHEMA ${schema};`)];
  for (const { name, rows, columns, key } of tables) {
    const definitions = columns.map((column) => {
      const parts = [column.name, column.type];
      if (!column.nullable) parts.push('NOT NULL');
      if (column === key) parts.push('PRIMARY KEY');
      if (column.to) parts.push(`REFERENCES ${column.to.name}`);
      return `  ${parts.join(' ')}`;
    });
    lines.push(`CREATE TABLE ${name} (\n${definitions.join(',\n')}\n);`);
    // References are right by construction; checking each row again would take longer than writing it.
    lines.push('SET session_replication_role = replica;');
    lines.push(
      `INSERT INTO ${name}\nSELECT\n  ${columns.map((column) => column.value).join(',\n  ')}\nFROM generate_series(1, ${rows}) AS i;`,
    );
    lines.push('SET session_replication_role = DEFAULT;');
  }
  lines.push('ANALYZE;');
  return `${lines.join('\n')}\n`;
}
