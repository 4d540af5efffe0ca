import {
  as,
  conjunction,
  conjuncts,
  deparse,
  lastName,
  loadParser,
  type Node,
  names,
  parseExpression,
  walk,
} from '../../agents/explorer/sql/nodes.ts';
import type { Params } from '../../datasets/patterns/pattern.ts';
import { quoteIdentifier } from '../target/quote.ts';
import type { SqlClient } from '../target/sql-client.ts';

/** A table that a query's plan reads, and which of its rows the plan asks for. */
export interface ScannedTable {
  schema: string;
  name: string;
  /** By which `filters` name the table. */
  alias: string;
  /** Conditions on its rows, the sharpest first; none where the plan reads all of them. */
  filters: string[];
}

interface PlanNode {
  'Relation Name'?: string;
  Schema?: string;
  Alias?: string;
  Plans?: PlanNode[];
  [key: string]: unknown;
}

interface Scan {
  schema: string;
  name: string;
  alias: string;
  own: Node[];
}

/** An equality of two columns, by the aliases of their scans. */
interface Link {
  alias: string;
  column: string;
  toAlias: string;
  toColumn: string;
}

const CONDITIONS = ['Index Cond', 'Recheck Cond', 'Filter', 'Join Filter', 'Hash Cond', 'Merge Cond'];

/** The tables that PostgreSQL's plan of the query reads, each once. */
export async function scannedTables(sql: SqlClient, query: string, params: Params): Promise<ScannedTable[]> {
  await loadParser();
  const explained = await sql.query(`EXPLAIN (VERBOSE, FORMAT JSON) ${query}`, params);
  const [{ Plan }] = JSON.parse(String(explained.rows[0]?.[0])) as [{ Plan: PlanNode }];
  return tablesOfPlan(Plan);
}

/** The same of a plan as EXPLAIN (VERBOSE, FORMAT JSON) gives it. */
function tablesOfPlan(plan: PlanNode): ScannedTable[] {
  const conditions = conditionsOf(plan);
  const links = conditions.flatMap(linkOf);
  const scans = scansOf(plan, conditions);
  const byAlias = new Map(scans.map((scan) => [scan.alias, scan]));
  const found = new Map<string, ScannedTable>();
  for (const scan of scans) {
    const key = qualified(scan);
    const filters = filtersOf(scan, links, byAlias);
    // A table may be read more than once: what narrows it most tells best which rows matter.
    if ((found.get(key)?.filters.length ?? -1) < filters.length)
      found.set(key, { schema: scan.schema, name: scan.name, alias: scan.alias, filters });
  }
  return [...found.values()];
}

export const qualified = ({ schema, name }: { schema: string; name: string }): string =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;

function conditionsOf(node: PlanNode): Node[] {
  const own = CONDITIONS.flatMap((key) => {
    const text = node[key];
    return typeof text === 'string' ? parsed(text) : [];
  });
  return [...own, ...(node.Plans ?? []).flatMap(conditionsOf)];
}

/** How EXPLAIN prints what another part of the plan gives: no SQL. */
const SUB_PLAN = /\b(?:hashed )?(?:SubPlan|InitPlan) \d+(?: \(returns [^)]*\))?/g;

/** Conjuncts of a condition as EXPLAIN prints it. */
function parsed(text: string): Node[] {
  try {
    return conjuncts(parseExpression(text.replaceAll(SUB_PLAN, '$0')));
  } catch {
    // A form that is no SQL at all narrows nothing.
    return [];
  }
}

function scansOf(node: PlanNode, conditions: readonly Node[]): Scan[] {
  const { Schema: schema, 'Relation Name': name } = node;
  const inner = (node.Plans ?? []).flatMap((child) => scansOf(child, conditions));
  if (name === undefined || schema === undefined) return inner;
  const alias = node.Alias ?? name;
  return [{ schema, name, alias, own: conditions.filter((one) => isAbout(one, alias)) }, ...inner];
}

/** Whether a condition names columns of one scan, and nothing else that is not in the text. */
function isAbout(condition: Node, alias: string): boolean {
  let columns = 0;
  let others = 0;
  walk([condition], (node) => {
    const column = as(node, 'ColumnRef');
    if (column !== undefined && names(column.fields)[0] === alias) columns += 1;
    else if (column !== undefined || as(node, 'ParamRef') !== undefined) others += 1;
    return true;
  });
  return columns > 0 && others === 0;
}

function linkOf(condition: Node): Link[] {
  const expr = as(condition, 'A_Expr');
  if (expr?.kind !== 'AEXPR_OP' || lastName(expr.name) !== '=') return [];
  const [alias, column, ...rest] = columnNames(expr.lexpr);
  const [toAlias, toColumn, ...more] = columnNames(expr.rexpr);
  if (!alias || !column || !toAlias || !toColumn || rest.length + more.length > 0 || alias === toAlias)
    return [];
  return [
    { alias, column, toAlias, toColumn },
    { alias: toAlias, column: toColumn, toAlias: alias, toColumn: column },
  ];
}

function columnNames(node: Node | undefined): string[] {
  const cast = as(node, 'TypeCast');
  return cast ? columnNames(cast.arg) : names(as(node, 'ColumnRef')?.fields);
}

/** Its own conditions with those of the scans that it is joined to; its own alone. */
function filtersOf(scan: Scan, links: readonly Link[], scans: ReadonlyMap<string, Scan>): string[] {
  const own = conditionText(scan.own);
  const joined = links
    .filter(({ alias }) => alias === scan.alias)
    .flatMap(({ column, toAlias, toColumn }) => {
      const other = scans.get(toAlias);
      if (other === undefined) return [];
      const theirs = conditionText(other.own);
      const where = theirs === undefined ? '' : ` WHERE ${theirs}`;
      const from = `${qualified(other)} AS ${quoteIdentifier(toAlias)}${where}`;
      return [
        `${columnText(scan.alias, column)}::text IN (SELECT ${columnText(toAlias, toColumn)}::text FROM ${from})`,
      ];
    });
  const all = [...(own === undefined ? [] : [own]), ...joined];
  return [...new Set([all.join(' AND '), own ?? ''])].filter((text) => text !== '');
}

const columnText = (alias: string, column: string): string =>
  `${quoteIdentifier(alias)}.${quoteIdentifier(column)}`;

function conditionText(conditions: readonly Node[]): string | undefined {
  const whole = conjunction(conditions);
  return whole && `(${deparse(whole)})`;
}
