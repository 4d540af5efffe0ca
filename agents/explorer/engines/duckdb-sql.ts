import { type AnalysedQuery, deparse } from '../query.ts';
import { as, clone, lastName, type Node, replaceNodes, type SelectStmt, tagOf, walk } from '../sql/nodes.ts';
import { Untranslatable } from './engine.ts';

const PLAIN_TYPES: Record<string, string> = {
  smallint: 'SMALLINT',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  real: 'REAL',
  'double precision': 'DOUBLE',
  text: 'VARCHAR',
  boolean: 'BOOLEAN',
  date: 'DATE',
  uuid: 'UUID',
  json: 'JSON',
  jsonb: 'JSON',
  interval: 'INTERVAL',
  'timestamp without time zone': 'TIMESTAMP',
  'timestamp with time zone': 'TIMESTAMPTZ',
  'time without time zone': 'TIME',
};

/** DuckDB's type for what format_type calls a PostgreSQL type. Throws Untranslatable where values could change. */
export function duckdbType(type: string): string {
  const plain = PLAIN_TYPES[type];
  if (plain !== undefined) return plain;
  if (/^character varying/.test(type)) return 'VARCHAR';
  const scaled = /^numeric\((\d+),(\d+)\)$/.exec(type);
  if (scaled !== null && Number(scaled[1]) <= 38) return `DECIMAL(${scaled[1]},${scaled[2]})`;
  throw new Untranslatable(`DuckDB has no type that keeps every ${type || 'value of an unknown type'}`);
}

/** Functions that mean the same in both, as far as the types allow; all others are refused. */
const SAME_FUNCTIONS = new Set(
  (
    'count sum avg min max abs round floor ceil ceiling coalesce nullif greatest least lower upper length substr substring trim ' +
    'btrim ltrim rtrim replace concat left right strpos date_trunc date_part extract rank dense_rank row_number ntile lag lead ' +
    'first_value last_value percentile_cont percentile_disc bool_and bool_or stddev stddev_samp stddev_pop variance var_samp var_pop ' +
    'mod power sqrt ln exp sign corr string_agg starts_with cume_dist percent_rank'
  ).split(' '),
);
const SAME_OPERATORS = new Set([
  '=',
  '<>',
  '<',
  '>',
  '<=',
  '>=',
  '+',
  '-',
  '*',
  '%',
  '||',
  '~~',
  '!~~',
  '~~*',
  '!~~*',
]);
const FRACTIONAL = new Set([
  'numeric',
  'float4',
  'float8',
  'avg',
  'percentile_cont',
  'stddev',
  'stddev_samp',
  'variance',
]);
const INTEGRAL = new Set([
  'int2',
  'int4',
  'int8',
  'count',
  'rank',
  'row_number',
  'dense_rank',
  'ntile',
  'length',
]);

/** The query in DuckDB's dialect with the same `$n`. Throws Untranslatable where its meaning is in doubt. */
export function duckdbSql(query: AnalysedQuery, paramTypes: readonly string[]): string {
  const select = clone(query.select);
  const columnTypes = typesByName(query);
  refuseUnknown(select);
  replaceNodes({ select }, (node) => replacement(node, columnTypes));
  walk(select, (node) => {
    const range = as(node, 'RangeVar');
    if (range !== undefined) delete range.schemaname;
    return true;
  });
  return withParamTypes(deparse({ SelectStmt: select as SelectStmt }), paramTypes);
}

/** Text after the parser's own deparsing holds `$n` nowhere but as a parameter, or inside a quoted text. */
function withParamTypes(sql: string, paramTypes: readonly string[]): string {
  return sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)/g, (found, digits: string | undefined) => {
    if (digits === undefined) return found;
    return `CAST(${found} AS ${duckdbType(paramTypes[Number(digits) - 1] ?? '')})`;
  });
}

function refuseUnknown(select: SelectStmt): void {
  walk(select, (node) => {
    const call = as(node, 'FuncCall');
    const name = lastName(call?.funcname);
    if (call !== undefined && !SAME_FUNCTIONS.has(name))
      throw new Untranslatable(`its function ${name} may differ in DuckDB`);
    const operation = as(node, 'A_Expr');
    const operator = lastName(operation?.name);
    const known = SAME_OPERATORS.has(operator) || operator === '/' || operator === '->' || operator === '->>';
    const plainKind =
      operation?.kind === 'AEXPR_OP' || operation?.kind === 'AEXPR_LIKE' || operation?.kind === 'AEXPR_ILIKE';
    if (operation !== undefined && plainKind && !known)
      throw new Untranslatable(`its operator ${operator} may differ in DuckDB`);
    if (
      operation?.kind === 'AEXPR_OP_ANY' ||
      operation?.kind === 'AEXPR_OP_ALL' ||
      operation?.kind === 'AEXPR_SIMILAR'
    ) {
      throw new Untranslatable('it compares with an array');
    }
    return true;
  });
}

function replacement(node: Node, columnTypes: ReadonlyMap<string, string>): Node | undefined {
  const operation = as(node, 'A_Expr');
  const operator = lastName(operation?.name);
  if (operation?.kind === 'AEXPR_OP' && operator === '/') {
    const [left, right] = [
      numberKind(operation.lexpr, columnTypes),
      numberKind(operation.rexpr, columnTypes),
    ];
    if (left === 'fractional' || right === 'fractional') return undefined;
    if (left === null || right === null) throw new Untranslatable('a division may be one of integers');
    replaceNodes(operation, (inner) => replacement(inner, columnTypes));
    return { A_Expr: { ...operation, name: [{ String: { sval: '//' } }] } };
  }
  if (operation?.kind === 'AEXPR_OP' && (operator === '->' || operator === '->>')) {
    const name = as(operation.rexpr, 'A_Const')?.sval?.sval;
    if (operation.lexpr === undefined || name === undefined)
      throw new Untranslatable('it reads JSON by a key that is no literal');
    replaceNodes(operation, (inner) => replacement(inner, columnTypes));
    const path = { A_Const: { sval: { sval: `$."${name.replaceAll('"', '\\"')}"` } } };
    const call = operator === '->' ? 'json_extract' : 'json_extract_string';
    return {
      FuncCall: {
        funcname: [{ String: { sval: call } }],
        args: [operation.lexpr, path],
        funcformat: 'COERCE_EXPLICIT_CALL',
      },
    };
  }
  const cast = as(node, 'TypeCast');
  const type = lastName(cast?.typeName?.names);
  if (cast?.typeName !== undefined && type === 'numeric' && cast.typeName.typmods === undefined) {
    // DuckDB's bare DECIMAL keeps three digits after the point.
    replaceNodes(cast, (inner) => replacement(inner, columnTypes));
    return { TypeCast: { ...cast, typeName: { ...cast.typeName, names: [{ String: { sval: 'float8' } }] } } };
  }
  return undefined;
}

/** Whether an operand of a division is an integer; null where that is not evident. */
function numberKind(
  node: Node | undefined,
  columnTypes: ReadonlyMap<string, string>,
): 'integral' | 'fractional' | null {
  if (node === undefined) return null;
  const of = (name: string) => (FRACTIONAL.has(name) ? 'fractional' : INTEGRAL.has(name) ? 'integral' : null);
  const constant = as(node, 'A_Const');
  if (constant !== undefined)
    return constant.ival !== undefined ? 'integral' : constant.fval !== undefined ? 'fractional' : null;
  const cast = as(node, 'TypeCast');
  if (cast !== undefined) return of(lastName(cast.typeName?.names));
  const call = as(node, 'FuncCall');
  if (call !== undefined) {
    const name = lastName(call.funcname);
    if (name === 'nullif' || name === 'abs' || name === 'min' || name === 'max' || name === 'sum')
      return numberKind(call.args?.[0], columnTypes);
    return of(name);
  }
  const column = as(node, 'ColumnRef');
  if (column !== undefined) return of(columnTypes.get(lastName(column.fields)) ?? '');
  const operation = as(node, 'A_Expr');
  if (operation !== undefined && tagOf(node) === 'A_Expr' && operation.kind === 'AEXPR_NULLIF')
    return numberKind(operation.lexpr, columnTypes);
  if (operation?.kind === 'AEXPR_OP') {
    const kinds = [operation.lexpr, operation.rexpr].map((side) => numberKind(side, columnTypes));
    if (kinds.includes('fractional')) return 'fractional';
    return kinds.every((kind) => kind === 'integral') ? 'integral' : null;
  }
  return null;
}

/** Types of columns by bare name; a name with two types has none. */
function typesByName(query: AnalysedQuery): Map<string, string> {
  const types = new Map<string, string>();
  for (const source of query.blocks.flatMap(({ sources }) => sources)) {
    for (const { name, type } of source.table?.columns ?? [])
      types.set(name, types.has(name) && types.get(name) !== type ? '' : type);
  }
  return types;
}
