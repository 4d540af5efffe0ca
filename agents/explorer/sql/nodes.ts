import type { Node, ParseResult, SelectStmt } from 'libpg-query';
import { loadModule, parseSync } from 'libpg-query';
import { deparseSync } from 'pgsql-deparser';

export type { Node, SelectStmt } from 'libpg-query';

type NodeTag = Node extends infer N ? (N extends unknown ? keyof N : never) : never;
type NodeBody<T extends NodeTag> = Extract<Node, Record<T, unknown>>[T];

/** The body of a node of the given kind, or undefined where it is another kind. */
export function as<T extends NodeTag>(node: Node | undefined, tag: T): NodeBody<T> | undefined {
  if (node === undefined || !(tag in node)) return undefined;
  return (node as unknown as Record<T, NodeBody<T>>)[tag];
}

export function tagOf(node: Node): string {
  return Object.keys(node)[0] ?? '';
}

/** The parser is WebAssembly; `parseOne` and `parseExpression` need it loaded. */
export async function loadParser(): Promise<void> {
  await loadModule();
}

export function parseStatements(sql: string): Node[] {
  return (parseSync(sql).stmts ?? []).flatMap((raw) => (raw.stmt === undefined ? [] : [raw.stmt]));
}

/** The one SELECT that `sql` is, or undefined where it is something else. Throws on a syntax error. */
export function parseSelect(sql: string): SelectStmt | undefined {
  const statements = parseStatements(sql);
  return statements.length === 1 ? as(statements[0], 'SelectStmt') : undefined;
}

/** SQL text of a statement or an expression, on one line, without a trailing semicolon. */
export function deparse(node: Node | ParseResult): string {
  return deparseSync(node, { pretty: false });
}

/** SQL text of a statement laid out for people. */
export function format(select: SelectStmt): string {
  return deparseSync({ SelectStmt: select }, { pretty: true });
}

export function deparseSelect(select: SelectStmt): string {
  return deparse({ SelectStmt: select });
}

export function clone<T>(value: T): T {
  return structuredClone(value);
}

/** What the visitor answers: `true` goes into the node's children, `false` does not. */
export type Visitor = (node: Node) => boolean;

/** Visits each node under `value`, also those that the tree holds without a tag around them. */
export function walk(value: unknown, visit: Visitor): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (typeof child !== 'object' || child === null) continue;
    const isTag = /^[A-Z]/.test(key);
    if (isTag && !visit({ [key]: child } as unknown as Node)) continue;
    walk(child, visit);
  }
}

/** Replaces nodes for which `swap` gives another one; what is given is not entered. The tree is changed in place. */
export function replaceNodes(value: unknown, swap: (node: Node) => Node | undefined): void {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      const other = isNode(item) ? swap(item) : undefined;
      if (other === undefined) replaceNodes(item, swap);
      else value[i] = other;
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const record = value as Record<string, unknown>;
  for (const [key, child] of Object.entries(record)) {
    const other = isNode(child) ? swap(child) : undefined;
    if (other === undefined) replaceNodes(child, swap);
    else record[key] = other;
  }
}

function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && /^[A-Z]/.test(keys[0] ?? '');
}

/** The conjuncts of a condition: AND is taken apart at any depth. */
export function conjuncts(node: Node | undefined): Node[] {
  if (node === undefined) return [];
  const bool = as(node, 'BoolExpr');
  if (bool?.boolop !== 'AND_EXPR') return [node];
  return (bool.args ?? []).flatMap(conjuncts);
}

export function disjuncts(node: Node): Node[] {
  const bool = as(node, 'BoolExpr');
  if (bool?.boolop !== 'OR_EXPR') return [node];
  return (bool.args ?? []).flatMap(disjuncts);
}

export function conjunction(nodes: readonly Node[]): Node | undefined {
  if (nodes.length < 2) return nodes[0];
  return { BoolExpr: { boolop: 'AND_EXPR', args: [...nodes] } };
}

export function names(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => {
    const text = as(node, 'String')?.sval;
    return text === undefined ? [] : [text];
  });
}

/** The function's or operator's own name, without a schema. */
export function lastName(nodes: readonly Node[] | undefined): string {
  return names(nodes).at(-1) ?? '';
}

export function columnRef(...fields: string[]): Node {
  return { ColumnRef: { fields: fields.map((sval) => ({ String: { sval } })) } };
}

/** Equal up to where in the text a node stood. */
export function sameNode(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

export function canonical(value: unknown): string {
  return JSON.stringify(value, (key, child: unknown) =>
    key === 'location' || key === 'rexpr_list_start' || key === 'rexpr_list_end' ? undefined : child,
  );
}

/** A name as SQL text, quoted where it must be. */
export function ident(name: string): string {
  return deparse(columnRef(name));
}

/** An expression from SQL text that this code made itself. */
export function parseExpression(sql: string): Node {
  const value = as(parseSelect(`SELECT ${sql}`)?.targetList?.[0], 'ResTarget')?.val;
  if (value === undefined) throw new Error(`Not an expression: ${sql}`);
  return value;
}

/** A copy of `root` in which the objects that are keys of `by`, found by identity, are replaced. */
export function substitute<T>(root: T, by: ReadonlyMap<unknown, unknown>): T {
  const copy = (value: unknown): unknown => {
    if (by.has(value)) return by.get(value);
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copy(child)]));
  };
  return copy(root) as T;
}

/**
 * True where the text that `deparse` makes parses to the same tree again: the deparser drops a few rare clauses (FETCH …
 * WITH TIES), and what it drops must not be rewritten.
 */
export function survivesDeparse(select: SelectStmt): boolean {
  const again = parseSelect(deparseSelect(select));
  return again !== undefined && sameNode(again, select);
}
