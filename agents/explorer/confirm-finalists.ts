import type { Judged } from './choose-plans.ts';
import type { ExplorationLimits } from './exploration.ts';
import { referencesOf } from './measure-base.ts';
import type { Cell, Subject } from './plan.ts';
import { paramUses, probeSets, readValues } from './probes.ts';
import type { AnalysedQuery } from './query.ts';
import type { Runner } from './runner/open-runner.ts';
import { type Reference, tryPlans } from './try-plans.ts';

/** A probe for which the right rows take longer is left out. */
const PROBE_LIMIT_MS = 3_000;

interface Confirmation {
  runner: Runner;
  subject: Subject;
  query: AnalysedQuery;
  references: readonly Reference[];
  finalists: readonly Judged[];
  random: () => number;
  limits: ExplorationLimits;
}

/**
 * Runs the finalists again on parameters that nobody logged. A plan whose rows differ there is refuted; one that is slow
 * there keeps its time for the choice.
 */
export async function confirmFinalists(
  confirmation: Confirmation,
): Promise<{ judged: Judged[]; refuted: Cell[] }> {
  const { runner, subject, query, references, finalists, random, limits } = confirmation;
  const slowest = references.toSorted((a, b) => b.baseMs - a.baseMs)[0];
  const uses = paramUses(query);
  if (finalists.length === 0 || slowest === undefined || uses.length === 0)
    return { judged: [...finalists], refuted: [] };
  const paramSets = probeSets(slowest.params, uses, await readValues(runner, uses), random);
  // The same SQL with an index is PostgreSQL's own answer too, and comes sooner.
  const indexed = finalists.find(({ plan }) => plan.sql === subject.sql)?.plan;
  const base = await runner.base({
    sql: subject.sql,
    ddl: indexed?.ddl ?? [],
    buildLimitMs: limits.buildMs,
    paramSets,
    ordered: subject.ordered,
    limitMs: Math.min(limits.baseMs, PROBE_LIMIT_MS),
    runs: 1,
    repeatWithinMs: 0,
  });
  const probes = referencesOf(base, paramSets);
  if (probes.length === 0) return { judged: [...finalists], refuted: [] };

  const plans = finalists.map(({ plan }) => plan);
  const { caseId, objectiveMs, ordered } = subject;
  const settings = {
    caseId,
    objectiveMs,
    ordered,
    references: probes,
    buildLimitMs: limits.buildMs,
    runs: 2,
  };
  const tried = await tryPlans(runner, plans, {
    ...settings,
    screening: false,
    reachMs: null,
    bestMs: null,
    wallMs: limits.wallMs,
  });
  const refuted = tried.cells.filter(({ state }) => state === 'wrong' || state === 'failed');
  return {
    refuted: refuted.map((cell) => ({
      ...cell,
      detail: `on parameters made from the statistics: ${cell.detail}`,
    })),
    judged: finalists
      .filter(({ plan }) => refuted.every((cell) => cell.plan !== plan.id))
      .map((judged) => ({
        ...judged,
        worstMs: Math.max(judged.visibleMs, ...(tried.times.get(judged.plan.id) ?? [])),
      })),
  };
}
