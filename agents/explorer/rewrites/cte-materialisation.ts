import { as, type Node, sameNode, walk } from '../sql/nodes.ts';
import { withParts } from './block-text.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

/** A CTE that is computed once hides its indexes from what reads it; one that is written out may be computed twice. */
export const cteMaterialisation: Rewrite = {
  name: 'CTE written out or kept',
  kind: 'rewrite',
  propose(query): Proposal[] {
    const uses = new Map<string, number>();
    walk(query.select, (node: Node) => {
      const name = as(node, 'RangeVar')?.relname;
      if (name !== undefined) uses.set(name, (uses.get(name) ?? 0) + 1);
      return true;
    });
    if (query.select.withClause?.recursive) return [];
    return (query.select.withClause?.ctes ?? []).flatMap((node) => {
      const cte = as(node, 'CommonTableExpr');
      const block = query.blocks.find((candidate) =>
        sameNode(candidate.select, as(cte?.ctequery, 'SelectStmt')),
      );
      if (!cte?.ctename || !block) return [];
      // PostgreSQL writes out what is read once and keeps what is read more often.
      const isKept =
        cte.ctematerialized === 'CTEMaterializeAlways' ||
        (cte.ctematerialized !== 'CTEMaterializeNever' && (uses.get(cte.ctename) ?? 0) > 1);
      const other = isKept ? 'CTEMaterializeNever' : 'CTEMaterializeAlways';
      const sql = withParts(
        query,
        new Map([[node, { CommonTableExpr: { ...cte, ctematerialized: other } }]]),
      );
      return [
        { label: `${isKept ? 'write out' : 'keep'} the CTE ${cte.ctename}`, sql, ddl: [], refresh: [] },
      ];
    });
  },
};
