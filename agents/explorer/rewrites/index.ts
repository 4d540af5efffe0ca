import type { Catalog } from '../plan.ts';
import type { AnalysedQuery } from '../query.ts';
import { analyseLoaded } from '../sql/analyse.ts';
import { deparse, parseStatements, survivesDeparse } from '../sql/nodes.ts';
import { aggregateBeforeJoin } from './aggregate-before-join.ts';
import { cteMaterialisation } from './cte-materialisation.ts';
import { deferredJoin } from './deferred-join.ts';
import { functionToRange } from './function-to-range.ts';
import { groupValues } from './group-values.ts';
import { latestPerGroup } from './latest-per-group.ts';
import { narrowCopy } from './narrow-copy.ts';
import { newestByNotExists } from './newest-by-not-exists.ts';
import { notInToNotExists } from './not-in.ts';
import { orToUnion } from './or-to-union.ts';
import { percentileHistogram } from './percentile-histogram.ts';
import { preAggregatedJoin } from './pre-aggregated-join.ts';
import type { Proposal, Rewrite } from './rewrite.ts';
import { rollUp } from './roll-up.ts';
import { splitDistinct } from './split-distinct.ts';
import { storedBlock } from './stored-block.ts';
import { twoLevelDistinct } from './two-level-distinct.ts';

export const rewrites: readonly Rewrite[] = [
  functionToRange,
  latestPerGroup,
  groupValues,
  twoLevelDistinct,
  splitDistinct,
  percentileHistogram,
  preAggregatedJoin,
  newestByNotExists,
  orToUnion,
  deferredJoin,
  notInToNotExists,
  aggregateBeforeJoin,
  cteMaterialisation,
  rollUp,
  narrowCopy,
  storedBlock,
];

export interface RewriteProposal extends Proposal {
  kind: Rewrite['kind'];
  /** Names of the rewrites that made it, in the order in which they were applied. */
  ideas: string[];
}

const MOST = 24;

/**
 * What the rewrites propose, alone and in pairs (a rewrite of a rewrite's result), without doubles, at most 24; those
 * of one step come first. `analyseQuery` has loaded the parser.
 */
export function proposeRewrites(query: AnalysedQuery, catalog: Catalog): RewriteProposal[] {
  if (!survivesDeparse(query.select)) return [];
  const seen = new Set([normalised(query.sql)]);
  const single = applyAll(query, catalog, seen, rewrites);
  const pairs: RewriteProposal[] = [];
  for (const first of single) {
    if (single.length + pairs.length >= MOST) break;
    const next = analyseLoaded(first.sql, catalog);
    // What is stored already is not stored again.
    const open =
      first.kind === 'materialise' ? rewrites.filter((rewrite) => rewrite.kind === 'rewrite') : rewrites;
    for (const second of applyAll(
      next,
      catalog,
      seen,
      open.filter((rewrite) => !first.ideas.includes(rewrite.name)),
    )) {
      pairs.push({
        kind: first.kind === 'materialise' ? first.kind : second.kind,
        ideas: [...first.ideas, ...second.ideas],
        label: `${first.label}, then ${second.label}`,
        sql: second.sql,
        ddl: [...first.ddl, ...second.ddl],
        refresh: [...first.refresh, ...second.refresh],
      });
    }
  }
  return [...single, ...pairs].slice(0, MOST);
}

function applyAll(
  query: AnalysedQuery,
  catalog: Catalog,
  seen: Set<string>,
  among: readonly Rewrite[],
): RewriteProposal[] {
  const made: RewriteProposal[] = [];
  for (const rewrite of among) {
    for (const proposal of rewrite.propose(query, catalog)) {
      const key = normalised(proposal.sql);
      if (seen.has(key)) continue;
      seen.add(key);
      made.push({ ...proposal, kind: rewrite.kind, ideas: [rewrite.name] });
    }
  }
  return made;
}

function normalised(sql: string): string {
  return parseStatements(sql)
    .map((statement) => deparse(statement))
    .join(';');
}
