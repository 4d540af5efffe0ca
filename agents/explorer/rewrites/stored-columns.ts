import type { Block, Predicate } from '../sql/analysed-query.ts';
import { clone, deparse, type Node, parseExpression, replaceNodes, tagOf } from '../sql/nodes.ts';
import { qualifiedKey } from './decompose.ts';
import { factsOf } from './expression-facts.ts';

/** Kinds of expressions that may become a column. */
const STORABLE = new Set([
  'ColumnRef',
  'FuncCall',
  'A_Expr',
  'TypeCast',
  'CoalesceExpr',
  'CaseExpr',
  'MinMaxExpr',
  'NullTest',
  'BooleanTest',
  'BoolExpr',
]);

/** Expressions that a derived table stores as columns `stem1`, `stem2`…, each once. */
export class StoredColumns {
  readonly block: Block;
  readonly stem: string;
  readonly expressions: Node[] = [];
  private readonly positions = new Map<string, number>();

  constructor(block: Block, stem: string) {
    this.block = block;
    this.stem = stem;
  }

  /** The name of the column that holds the expression. */
  add(node: Node): string {
    const key = qualifiedKey(node, this.block);
    let position = this.positions.get(key);
    if (position === undefined) {
      position = this.expressions.push(node);
      this.positions.set(key, position);
    }
    return `${this.stem}${position}`;
  }

  /** The expression with all that needs no parameter read from the stored columns of `alias`. */
  over(node: Node, alias: string): Node {
    const copy = clone([node]);
    replaceNodes(copy, (child) => {
      if (!STORABLE.has(tagOf(child))) return undefined;
      const facts = factsOf(child);
      if (facts.params || facts.subquery || facts.unstable || facts.aggregate || !facts.columns)
        return undefined;
      return parseExpression(`${alias}.${this.add(child)}`);
    });
    return copy[0] ?? node;
  }

  list(): string[] {
    return this.expressions.map((node, i) => `${deparse(node)} AS ${this.stem}${i + 1}`);
  }
}

/** Positions of stored columns by how an index serves them: equalities, then ranges and sort keys. */
export function indexOrder(dynamics: readonly Predicate[], columns: StoredColumns): string[] {
  const ofKind = (kind: Predicate['kind']) =>
    dynamics.flatMap((predicate) =>
      predicate.kind === kind && predicate.on !== null && predicate.on.params.length === 0
        ? [columns.add(predicate.on.node)]
        : [],
    );
  return [...new Set([...ofKind('equality'), ...ofKind('range')])];
}
