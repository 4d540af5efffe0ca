import type { Block, Predicate } from '../sql/analysed-query.ts';
import { as, clone, deparseSelect, type Node, replaceNodes, walk } from '../sql/nodes.ts';
import { isPlain } from './block-text.ts';
import { factsOf } from './expression-facts.ts';
import { rowsOf } from './groups-guess.ts';

/** What of a block can be computed before its parameters are known. */
export interface StoredInput {
  /** Text after FROM, with CTEs written out. */
  from: string;
  /** Conjuncts without parameters: true of every stored row. */
  statics: Node[];
  /** Conjuncts that wait for the parameters. */
  dynamics: Predicate[];
  /** Rows of the largest table. */
  rows: number;
}

/** Null where the block depends on an enclosing one, or its FROM on a parameter. */
export function storedInput(block: Block): StoredInput | null {
  if (!isPlain(block) || block.outerUses.length > 0 || block.select.withClause !== undefined) return null;
  const from = fromWithoutCtes(block);
  if (from === null) return null;
  const statics: Node[] = [];
  const dynamics: Predicate[] = [];
  for (const predicate of block.predicates.filter((candidate) => candidate.clause === 'where')) {
    const facts = factsOf(predicate.whole.node);
    if (
      predicate.whole.unresolved ||
      (facts.subquery && (facts.params || readsCte(predicate.whole.node, block)))
    )
      return null;
    if (facts.params || facts.unstable) dynamics.push(predicate);
    else statics.push(predicate.whole.node);
  }
  return { from, statics, dynamics, rows: Math.max(...block.sources.map(rowsOf)) };
}

function fromWithoutCtes(block: Block): string | null {
  const from = clone(block.select.fromClause ?? []);
  replaceNodes(from, (node) => {
    const range = as(node, 'RangeVar');
    if (!range || range.schemaname !== undefined) return undefined;
    const source = block.sources.find(
      (candidate) => candidate.alias === (range.alias?.aliasname ?? range.relname),
    );
    if (source?.kind !== 'cte' || source.block === null) return undefined;
    const alias = range.alias ?? { aliasname: range.relname ?? '' };
    return { RangeSubselect: { subquery: { SelectStmt: clone(source.block.select) }, alias } };
  });
  const inner = block.sources.flatMap((source) => source.block?.sources ?? []);
  const sound =
    block.sources.every((source) => source.kind !== 'other') &&
    inner.every((source) => source.kind !== 'cte' && source.kind !== 'other');
  const facts = factsOf(from);
  if (!sound || facts.params || facts.unstable || facts.subquery) return null;
  return deparseSelect({
    targetList: [{ ResTarget: { val: { ColumnRef: { fields: [{ A_Star: {} }] } } } }],
    fromClause: from,
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  }).slice('SELECT * FROM '.length);
}

function readsCte(node: Node, block: Block): boolean {
  const names = new Set<string>();
  walk([node], (child) => {
    const name = as(child, 'RangeVar')?.relname;
    if (name !== undefined) names.add(name);
    return true;
  });
  let top: Block = block;
  while (top.parent) top = top.parent;
  return (top.select.withClause?.ctes ?? []).some((cte) =>
    names.has(as(cte, 'CommonTableExpr')?.ctename ?? ''),
  );
}
