import type { Draw } from './draw.ts';
import { literal } from './names.ts';
import type { Schema, Table } from './schema.ts';
import {
  aggregate,
  between,
  type DrawnQuery,
  equals,
  fixed,
  list,
  of,
  Parameters,
  where,
} from './statement.ts';

interface Shape {
  name: string;
  /** Undefined where the schema has no columns for it. */
  draw(draw: Draw, table: Table): Omit<DrawnQuery, 'name'> | undefined;
}

/** The share of a span that a window holds, such as a day or two weeks of two years; each order of magnitude alike. */
const share = (draw: Draw): number => draw.scale(0.0005, 0.02);

const maybe = <T>(draw: Draw, probability: number, make: () => T): T | undefined =>
  draw.chance(probability) ? make() : undefined;

/** Writes one statement: `make` returns its text or undefined. */
function shape(
  name: string,
  make: (draw: Draw, table: Table, parameters: Parameters) => string | undefined,
): Shape {
  return {
    name,
    draw(draw, table) {
      const parameters = new Parameters();
      const sql = make(draw, table, parameters);
      return sql === undefined ? undefined : { sql, from: table, params: parameters.values };
    },
  };
}

const first = <T>(draw: Draw, items: readonly T[]): T | undefined =>
  items.length === 0 ? undefined : draw.pick(items);

export const shapes: readonly Shape[] = [
  shape('lookup', (draw, table, parameters) => {
    const code = first(draw, of(table, 'code', 'reference'));
    if (!code) return undefined;
    const order = draw.chance(0.5) ? `\nORDER BY ${table.key.name}` : '';
    const columns = draw.chance(0.2) ? '*' : list(draw, '', table, [table.key]);
    const extra = maybe(draw, 0.3, () => fixed(draw, '', table));
    return `SELECT ${columns}\nFROM ${table.name}\n${where([equals(parameters, '', code), extra])}${order}`;
  }),
  shape('any-of', (draw, table, parameters) => {
    const code = first(draw, of(table, 'code'));
    if (!code) return undefined;
    const values = [
      parameters.add(`r.${code.name}`),
      parameters.add(`'?' || r.${code.name}`),
      parameters.add(`lower(r.${code.name})`),
    ];
    return `SELECT ${list(draw, '', table, [table.key, code])}\nFROM ${table.name}\nWHERE ${code.name} IN (${values.join(', ')})\nORDER BY ${table.key.name}`;
  }),
  shape('ignoring-case', (draw, table, parameters) => {
    const code = first(draw, of(table, 'code', 'words'));
    if (!code) return undefined;
    const value = parameters.add(`upper(r.${code.name})`);
    return `SELECT ${list(draw, '', table, [table.key, code])}\nFROM ${table.name}\nWHERE lower(${code.name}) = lower(${value})\nORDER BY ${table.key.name}`;
  }),
  shape('totals', (draw, table, parameters) => {
    const group = first(draw, of(table, 'category', 'reference', 'flag'));
    const range = first(draw, of(table, 'moment', 'amount'));
    const measure = first(draw, of(table, 'amount', 'quantity'));
    if (!group || !range || !measure) return undefined;
    const more = first(
      draw,
      of(table, 'category', 'reference').filter((column) => column !== group),
    );
    const conditions = [
      between(draw, parameters, '', range, share(draw)),
      more && draw.chance(0.3) ? equals(parameters, '', more) : undefined,
      maybe(draw, 0.2, () => fixed(draw, '', table)),
    ];
    const limit = draw.chance(0.4) ? `\nLIMIT ${draw.int(5, 20)}` : '';
    return `SELECT ${group.name}, count(*) AS n, ${aggregate(draw, '', measure)} AS value\nFROM ${table.name}\n${where(conditions)}\nGROUP BY ${group.name}\nORDER BY n DESC, ${group.name}${limit}`;
  }),
  shape('top', (draw, table, parameters) => {
    const filter = first(draw, of(table, 'category', 'reference', 'quantity'));
    const by = first(
      draw,
      of(table, 'moment', 'amount', 'quantity').filter((column) => column !== filter),
    );
    if (!filter || !by) return undefined;
    const range = first(
      draw,
      of(table, 'amount', 'moment').filter((column) => column !== by),
    );
    const conditions = [
      equals(parameters, '', filter),
      range && `${range.name} >= ${parameters.add(`r.${range.name}`)}`,
      maybe(draw, 0.3, () => fixed(draw, '', table)),
    ];
    const direction = draw.chance(0.7) ? ' DESC' : '';
    return `SELECT ${list(draw, '', table, [table.key, by])}\nFROM ${table.name}\n${where(conditions)}\nORDER BY ${by.name}${direction}, ${table.key.name}\nLIMIT ${draw.int(5, 50)}`;
  }),
  shape('page', (draw, table, parameters) => {
    const by = first(draw, of(table, 'moment', 'amount'));
    const filter = first(draw, of(table, 'category', 'flag'));
    if (!by) return undefined;
    const condition = filter?.kind === 'category' ? `${where([equals(parameters, '', filter)])}\n` : '';
    const offset = parameters.add('floor(power(u, 3) * 4000)::bigint');
    return `SELECT ${list(draw, '', table, [table.key, by])}\nFROM ${table.name}\n${condition}ORDER BY ${by.name} DESC, ${table.key.name}\nLIMIT ${draw.int(10, 50)} OFFSET ${offset}`;
  }),
  shape('distinct', (draw, table, parameters) => {
    const counted = first(draw, of(table, 'code', 'reference', 'category'));
    const range = first(draw, of(table, 'moment'));
    if (!counted || !range) return undefined;
    const more = first(draw, of(table, 'category'));
    const conditions = [
      between(draw, parameters, '', range, share(draw)),
      more && draw.chance(0.5) ? equals(parameters, '', more) : undefined,
    ];
    return `SELECT count(DISTINCT ${counted.name}) AS different, count(*) AS total\nFROM ${table.name}\n${where(conditions)}`;
  }),
  shape('either', (draw, table, parameters) => {
    const [one, other] = draw.shuffle(of(table, 'code', 'reference', 'quantity'));
    if (!one || !other) return undefined;
    const value = draw.chance(0.5) ? '*' : list(draw, '', table, [table.key]);
    return `SELECT ${value}\nFROM ${table.name}\nWHERE ${equals(parameters, '', one)} OR ${equals(parameters, '', other)}\nORDER BY ${table.key.name} DESC\nLIMIT ${draw.int(20, 100)}`;
  }),
  shape('of-day', (draw, table, parameters) => {
    const moment = first(draw, of(table, 'moment'));
    if (!moment) return undefined;
    const unit = draw.pick(['day', 'week', 'month']);
    const wrapped =
      moment.type === 'date' || draw.chance(0.4)
        ? [`date_trunc('${unit}', ${moment.name})`, `date_trunc('${unit}', r.${moment.name})`]
        : [`${moment.name}::date`, `r.${moment.name}::date`];
    const extra = first(draw, of(table, 'category'));
    const conditions = [
      `${wrapped[0]} = ${parameters.add(`${wrapped[1]}`)}`,
      extra && draw.chance(0.5) ? equals(parameters, '', extra) : undefined,
    ];
    return draw.chance(0.5)
      ? `SELECT count(*) AS n, min(${table.key.name}) AS least, max(${table.key.name}) AS most\nFROM ${table.name}\n${where(conditions)}`
      : `SELECT ${list(draw, '', table, [table.key, moment])}\nFROM ${table.name}\n${where(conditions)}\nORDER BY ${moment.name}, ${table.key.name}\nLIMIT ${draw.int(20, 200)}`;
  }),
  shape('search', (draw, table, parameters) => {
    const words = first(draw, of(table, 'words'));
    if (!words) return undefined;
    const start = draw.int(1, 6);
    const value = parameters.add(`substr(r.${words.name}, ${start}, ${draw.int(6, 11)})`);
    const operator = draw.pick(['ILIKE', 'LIKE']);
    return `SELECT ${list(draw, '', table, [table.key, words])}\nFROM ${table.name}\nWHERE ${words.name} ${operator} '%' || ${value} || '%'\nORDER BY ${table.key.name}\nLIMIT ${draw.int(10, 50)}`;
  }),
  shape('document', (draw, table, parameters) => {
    const document = first(draw, of(table, 'document'));
    const [rare, common] = document?.keys ?? [];
    if (!document || !rare || !common) return undefined;
    const text = (key: string) => `${document.name} ->> ${literal(key)}`;
    const value = (key: string) => parameters.add(`r.${document.name} ->> ${literal(key)}`);
    const condition = draw.chance(0.3)
      ? `${document.name} @> jsonb_build_object(${literal(rare)}, ${value(rare)}::text)`
      : `${text(rare)} = ${value(rare)}`;
    const more = draw.chance(0.3) ? `${text(common)} = ${value(common)}` : undefined;
    return `SELECT ${table.key.name}, ${text(common)} AS common\nFROM ${table.name}\n${where([condition, more])}\nORDER BY ${table.key.name}`;
  }),
  shape('newest', (draw, table, parameters) => {
    const [group, filter] = draw.shuffle(of(table, 'category', 'reference'));
    const moment = first(draw, of(table, 'moment'));
    if (!group || !moment) return undefined;
    const conditions = [
      filter ? equals(parameters, 'a.', filter) : between(draw, parameters, 'a.', moment, share(draw)),
      maybe(draw, 0.3, () => fixed(draw, 'a.', table)),
    ];
    const columns = list(draw, 'a.', table, [group, table.key, moment]);
    const order = `a.${moment.name} DESC, a.${table.key.name} DESC`;
    if (draw.chance(0.5)) {
      return `SELECT DISTINCT ON (a.${group.name}) ${columns}\nFROM ${table.name} a\n${where(conditions)}\nORDER BY a.${group.name}, ${order}`;
    }
    const names = columns.replaceAll('a.', '');
    return `SELECT ${names}\nFROM (\n  SELECT ${columns},\n    row_number() OVER (PARTITION BY a.${group.name} ORDER BY ${order}) AS place\n  FROM ${table.name} a\n  ${where(conditions)}\n) ranked\nWHERE place = 1\nORDER BY ${group.name}`;
  }),
  shape('newest-of', (draw, table, parameters) => {
    const group = first(draw, of(table, 'reference', 'code'));
    const moment = first(draw, of(table, 'moment'));
    if (!group || !moment) return undefined;
    return `SELECT ${list(draw, 'a.', table, [table.key, moment])}\nFROM ${table.name} a\nWHERE ${equals(parameters, 'a.', group)}\n  AND a.${moment.name} = (\n    SELECT max(b.${moment.name}) FROM ${table.name} b WHERE b.${group.name} = $1\n  )\nORDER BY a.${table.key.name}`;
  }),
  shape('joined', (draw, table, parameters) => {
    const reference = first(draw, of(table, 'reference'));
    const parent = reference?.to;
    const measure = first(draw, of(table, 'amount', 'quantity'));
    if (!reference || !parent || !measure) return undefined;
    const group = first(draw, of(parent, 'category'));
    const code = first(draw, of(parent, 'code'));
    const moment = first(draw, of(table, 'moment'));
    if (!group || !code || !moment) return undefined;
    const range = between(draw, parameters, 'f.', moment, share(draw));
    const also = draw.chance(0.4) ? `p.${group.name} <> ''` : undefined;
    return `SELECT p.${group.name}, count(*) AS n, ${aggregate(draw, 'f.', measure)} AS value\nFROM ${table.name} f\nJOIN ${parent.name} p ON p.${parent.key.name} = f.${reference.name}\n${where([range, also])}\nGROUP BY p.${group.name}\nORDER BY n DESC, p.${group.name}`;
  }),
  shape('details', (draw, table, parameters) => {
    const reference = first(draw, of(table, 'reference'));
    const parent = reference?.to;
    const code = parent && first(draw, of(parent, 'code', 'category'));
    const by = first(draw, of(table, 'moment', 'amount'));
    if (!reference || !parent || !code || !by) return undefined;
    const wanted = parameters.add(
      `(SELECT q.${code.name} FROM ${parent.name} q WHERE q.${parent.key.name} = r.${reference.name})`,
    );
    return `SELECT f.${table.key.name}, f.${by.name}, p.${code.name}\nFROM ${parent.name} p\nJOIN ${table.name} f ON f.${reference.name} = p.${parent.key.name}\nWHERE p.${code.name} = ${wanted}\nORDER BY f.${by.name} DESC, f.${table.key.name}\nLIMIT ${draw.int(10, 100)}`;
  }),
  shape('without', (draw, table, parameters) => {
    const reference = first(draw, of(table, 'reference'));
    const parent = reference?.to;
    const moment = first(draw, of(table, 'moment'));
    if (!reference || !parent || !moment) return undefined;
    const columns = list(draw, 'p.', parent, [parent.key]);
    const range = between(draw, parameters, 'f.', moment, share(draw));
    const inner = `SELECT f.${reference.name} FROM ${table.name} f\n  WHERE ${range}`;
    const condition = draw.chance(0.5)
      ? `p.${parent.key.name} NOT IN (\n  ${inner} AND f.${reference.name} IS NOT NULL\n)`
      : `${draw.pick(['EXISTS', 'NOT EXISTS'])} (\n  ${inner} AND f.${reference.name} = p.${parent.key.name}\n)`;
    return `SELECT ${columns}\nFROM ${parent.name} p\nWHERE ${condition}\nORDER BY p.${parent.key.name}\nLIMIT ${draw.int(20, 200)}`;
  }),
];

/** Statements of random shapes; a large table twice as likely as each other one. */
export function drawQueries(draw: Draw, schema: Schema, count: number): DrawnQuery[] {
  const large = schema.tables.filter(({ rows }) => rows > 50_000);
  const queries: DrawnQuery[] = [];
  let order: Shape[] = [];
  while (queries.length < count) {
    // Every shape once before one comes a second time.
    if (order.length === 0) order = draw.shuffle(shapes);
    const next = order.pop();
    const drawn = next?.draw(draw, draw.pick(large));
    if (!next || !drawn) continue;
    const sql = draw.chance(0.3) ? lowerKeywords(drawn.sql) : drawn.sql;
    const text = draw.chance(0.3)
      ? `-- ${next.name}, for the ${draw.pick(['report', 'app', 'export'])}\n${sql}`
      : sql;
    queries.push({
      ...drawn,
      sql: `${text}${draw.chance(0.3) ? ';' : ''}\n`,
      name: `${next.name}-${queries.length + 1}`,
    });
  }
  return queries;
}

/** Keywords alone are written in capitals outside of quotes, save names in mixed case, which are quoted. */
function lowerKeywords(sql: string): string {
  return sql.replace(/'[^']*'|"(?:[^"]|"")*"|\b[A-Z]{2,}\b/g, (found) =>
    /^['"]/.test(found) ? found : found.toLowerCase(),
  );
}
