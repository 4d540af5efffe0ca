import {
  as,
  clone,
  conjunction,
  conjuncts,
  deparse,
  lastName,
  loadParser,
  type Node,
  parseSelect,
  replaceNodes,
  type SelectStmt,
  walk,
} from '../../../agents/explorer/sql/nodes.ts';
import type { QueryCase } from '../../../datasets/cases/case.ts';
import type { Draw } from '../../generated-target/draw.ts';
import { type Checkout, type PatchedTarget, patchOf } from './patched-target.ts';

/** A change that changes nothing: the same rows by the same work. Undefined where the query's form has no room for it. */
type Rewording = (select: SelectStmt, draw: Draw) => string | undefined;

const REWORDINGS: Record<string, Rewording> = {
  'in a CTE': (select, draw) => {
    const name = `c${draw.int(1, 9_999)}`;
    return `WITH ${name} AS (${deparse({ SelectStmt: select })}) SELECT * FROM ${name}`;
  },

  'in a derived table': (select, draw) =>
    `SELECT * FROM (${deparse({ SelectStmt: select })}) AS d${draw.int(1, 9_999)}`,

  'AND in another order': (select, draw) =>
    withWhere(select, (all) => (all.length < 2 ? undefined : draw.shuffle(all).reverse())),

  'BETWEEN for two comparisons': (select) => {
    let seen = false;
    const copy = clone(select);
    replaceNodes(copy, (node) => {
      const between = as(node, 'A_Expr');
      const [low, high] = as(between?.rexpr, 'List')?.items ?? [];
      if (between?.kind !== 'AEXPR_BETWEEN' || !between.lexpr || !low || !high) return undefined;
      seen = true;
      const side = (sign: string, rexpr: Node): Node => ({
        A_Expr: {
          kind: 'AEXPR_OP',
          name: [{ String: { sval: sign } }],
          ...(between.lexpr ? { lexpr: between.lexpr } : {}),
          rexpr,
        },
      });
      return { BoolExpr: { boolop: 'AND_EXPR', args: [side('>=', low), side('<=', high)] } };
    });
    return seen ? deparse({ SelectStmt: copy }) : undefined;
  },

  'a comparison turned round': (select, draw) =>
    withWhere(select, (all) => {
      const found = all.filter((node) => turned(node) !== undefined);
      if (found.length === 0) return undefined;
      const one = draw.pick(found);
      return all.map((node) => (node === one ? (turned(node) ?? node) : node));
    }),

  'other aliases': (select, draw) => renameAliases(select, draw),

  'a condition that always holds': (select) =>
    withWhere(select, (all) => [
      ...all,
      { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }], lexpr: one(), rexpr: one() } },
    ]),
};

const one = (): Node => ({ A_Const: { ival: { ival: 1 } } });

const TURNED: Record<string, string> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function turned(node: Node): Node | undefined {
  const expr = as(node, 'A_Expr');
  const sign = TURNED[lastName(expr?.name)];
  if (expr?.kind !== 'AEXPR_OP' || sign === undefined || !expr.lexpr || !expr.rexpr) return undefined;
  return {
    A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: sign } }], lexpr: expr.rexpr, rexpr: expr.lexpr },
  };
}

function withWhere(select: SelectStmt, change: (all: Node[]) => Node[] | undefined): string | undefined {
  const all = conjuncts(select.whereClause);
  if (all.length === 0) return undefined;
  const whereClause = conjunction(change(clone(all)) ?? []);
  return whereClause && deparse({ SelectStmt: { ...select, whereClause } });
}

/** Only aliases that were given, which nothing but qualified columns can mean. */
function renameAliases(select: SelectStmt, draw: Draw): string | undefined {
  const given = new Set<string>();
  const tables = new Set<string>();
  walk({ SelectStmt: select }, (node) => {
    const range = as(node, 'RangeVar');
    if (range?.alias?.aliasname) given.add(range.alias.aliasname);
    if (range?.relname) tables.add(range.relname);
    return true;
  });
  const names = [...given].filter((name) => !tables.has(name));
  if (names.length === 0) return undefined;
  const renamed = new Map(names.map((name) => [name, `${name}_${draw.int(1, 9_999)}`]));
  const copy = clone(select);
  walk({ SelectStmt: copy }, (node) => {
    const alias = as(node, 'RangeVar')?.alias;
    if (alias) alias.aliasname = renamed.get(alias.aliasname ?? '') ?? alias.aliasname ?? '';
    const fields = as(node, 'ColumnRef')?.fields ?? [];
    const [qualifier] = fields;
    const to = fields.length > 1 && renamed.get(as(qualifier, 'String')?.sval ?? '');
    if (to) fields[0] = { String: { sval: to } };
    return true;
  });
  return deparse({ SelectStmt: copy });
}

async function comment(checkout: Checkout, query: string): Promise<void> {
  const file = checkout.queryFile(query);
  await checkout.write(file, `-- As fast as can be.\n${await checkout.read(file)}`);
}

/** On a column that the query neither compares nor orders by; undefined where its only table cannot be told. */
async function uselessIndex(checkout: Checkout, select: SelectStmt, draw: Draw): Promise<boolean> {
  const table = as(select.fromClause?.[0], 'RangeVar');
  const used = new Set<string>();
  walk([select.whereClause, select.sortClause, select.groupClause, select.distinctClause], (node) => {
    for (const field of as(node, 'ColumnRef')?.fields ?? []) used.add(as(field, 'String')?.sval ?? '');
    return true;
  });
  const columns = (select.targetList ?? [])
    .flatMap((node) => as(as(as(node, 'ResTarget')?.val, 'ColumnRef')?.fields?.at(-1), 'String')?.sval ?? [])
    .filter((name) => !used.has(name));
  if (!table || select.fromClause?.length !== 1 || columns.length === 0) return false;
  const { alias: _, ...relation } = table;
  const indexed = deparse({ RangeVar: relation });
  const column = deparse({ ColumnRef: { fields: [{ String: { sval: draw.pick(columns) } }] } });
  await checkout.write(checkout.migrationFile('index'), `CREATE INDEX ON ${indexed} (${column});\n`);
  return true;
}

export interface NullPatch {
  kind: string;
  case: QueryCase;
  patch: string;
}

/** Draws patches that change nothing that matters, spread over the cases and the kinds; no two are the same. */
export async function drawNullPatches(
  { target, cases }: PatchedTarget,
  draw: Draw,
  count: number,
): Promise<NullPatch[]> {
  await loadParser();
  const kinds = ['a comment', 'a useless index', ...Object.keys(REWORDINGS)];
  const all = draw.shuffle(cases.flatMap((queryCase) => kinds.map((kind) => ({ kind, queryCase }))));
  const drawn: NullPatch[] = [];
  // Of the pairs that are left, one whose case and kind were drawn least.
  const times = (of: (one: NullPatch) => boolean) => drawn.filter(of).length;
  while (drawn.length < count && all.length > 0) {
    const wear = ({ kind, queryCase }: (typeof all)[number]) =>
      times((one) => one.kind === kind) + times((one) => one.case === queryCase);
    const next = all.reduce((best, one) => (wear(one) < wear(best) ? one : best));
    all.splice(all.indexOf(next), 1);
    const patch = await patchOf(target, (checkout) => reword(checkout, next.queryCase, next.kind, draw));
    if (patch) drawn.push({ kind: next.kind, case: next.queryCase, patch });
  }
  return drawn;
}

async function reword(checkout: Checkout, { query }: QueryCase, kind: string, draw: Draw): Promise<boolean> {
  if (kind === 'a comment') {
    await comment(checkout, query);
    return true;
  }
  const select = parseSelect(await checkout.read(checkout.queryFile(query)));
  if (!select || (select.op ?? 'SETOP_NONE') !== 'SETOP_NONE') return false;
  if (kind === 'a useless index') return uselessIndex(checkout, select, draw);
  const sql = REWORDINGS[kind]?.(clone(select), draw);
  if (sql === undefined) return false;
  await checkout.write(checkout.queryFile(query), `${sql};\n`);
  return true;
}
