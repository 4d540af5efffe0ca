import { choosePlans, type Judged, rankPlans, submittable } from './choose-plans.ts';
import { confirmFinalists } from './confirm-finalists.ts';
import type { EmitEvent, Exploration, ExplorationLimits, Submitted } from './exploration.ts';
import { measureBase, slowestMs } from './measure-base.ts';
import { submitPlan } from './patch/submit-plan.ts';
import type { Catalog, Cell, Plan, Subject } from './plan.ts';
import { planQueue } from './plan-queue.ts';
import { analyseQuery } from './query.ts';
import { readCatalog } from './read-catalog.ts';
import { openRunner, type Runner } from './runner/open-runner.ts';
import type { ToolCalls } from './tool-calls.ts';
import { type Reference, tryPlans } from './try-plans.ts';

/** Few, because whether enough is found is asked between batches. */
const BATCH = 2;
/** Longest batch where time does not count; what it leaves is the next one's. */
const BATCH_MS = 5 * 60_000;
const FINALISTS = 5;
/** A plan that is not clearly faster than the base is no candidate. */
const CLEARLY_FASTER = 1.25;
/** Slower than this against the objective, the gate's own clock will not bring it under. */
const WITHIN_REACH = 1.5;
/** Share of the time that one stage may take while a heavier one waits. */
const STAGE_SHARE = 0.6;
/** Once two plans stand this far below the objective, nothing would be gained by a third. */
const AMPLE = 0.3;
const ENOUGH = 2;

export interface ExploreOptions {
  tools: ToolCalls;
  caseId: string;
  signal: AbortSignal;
  emit: EmitEvent;
  random: () => number;
  limits: ExplorationLimits;
  /** Every plan of every kind, also those that `allow` leaves out and those that a better one made needless. */
  exhaustive?: boolean;
  /** Cells of an earlier, interrupted run: their plans are not tried again. */
  known?: readonly Cell[];
}

/** Tries plans for one case in an environment of its own and hands the best in as candidates. */
export async function exploreCase(options: ExploreOptions): Promise<Exploration> {
  const { tools, caseId } = options;
  const brief = await tools.case_get({ case: caseId });
  const { query, sql, ordered, objectiveMs, stalenessS, allow, layout, packages } = brief;
  const subject: Subject = {
    caseId,
    query,
    sql,
    params: brief.visible,
    ordered,
    objectiveMs,
    stalenessS,
    allow,
    layout,
    packages,
  };
  const { env } = await tools.env_create({ case: caseId });
  try {
    return await exploreIn(env, subject, options);
  } finally {
    await tools.env_destroy({ env });
  }
}

async function exploreIn(env: string, subject: Subject, options: ExploreOptions): Promise<Exploration> {
  const { tools, emit, limits, signal } = options;
  const runner = await openRunner(tools, env);
  const catalog = await readCatalog(runner);
  const query = await analyseQuery(subject.sql, catalog);
  signal.throwIfAborted();
  const { references, base } = await measureBase(runner, subject, limits);
  emit({ type: 'base', case: subject.caseId, ...base });
  const cells: Cell[] = [...(options.known ?? [])];
  if (references.length === 0) return { subject, base, cells, submitted: [] };

  const search = { runner, subject, references, catalog, baseMs: slowestMs(references), cells, options };
  const judged = await searchPlans(search, query);
  const worthwhile = judged.filter(
    ({ plan, visibleMs }) =>
      submittable(plan, subject.allow, subject.stalenessS) &&
      visibleMs * CLEARLY_FASTER < search.baseMs &&
      visibleMs <= WITHIN_REACH * subject.objectiveMs,
  );
  signal.throwIfAborted();
  const finalists = choosePlans(rankPlans(worthwhile, subject.objectiveMs), FINALISTS);
  const confirmed = await confirmFinalists({
    runner,
    subject,
    query,
    references,
    finalists,
    random: options.random,
    limits,
  });
  for (const cell of confirmed.refuted) replaceCell(cells, cell, emit);

  const submitted: Submitted[] = [];
  for (const winner of candidates(confirmed.judged, subject.objectiveMs, limits.candidates)) {
    signal.throwIfAborted();
    const { candidate } = await submitPlan(tools, env, subject, winner, search.baseMs);
    const { id: planId, kind, label } = winner.plan;
    submitted.push({ candidate, planId, kind, label, predictedMs: winner.visibleMs });
    emit({ type: 'submitted', case: subject.caseId, candidate, planId });
  }
  return { subject, base, cells, submitted };
}

interface Search {
  runner: Runner;
  subject: Subject;
  references: Reference[];
  catalog: Catalog;
  baseMs: number;
  cells: Cell[];
  options: ExploreOptions;
}

/** Tries plans stage by stage, simpler kinds of change first, until the time is over or enough is found. */
async function searchPlans(
  search: Search,
  query: Awaited<ReturnType<typeof analyseQuery>>,
): Promise<Judged[]> {
  const { runner, subject, references, catalog, cells, options } = search;
  const { emit, limits, signal, exhaustive = false } = options;
  const started = Date.now();
  const known = new Map(cells.map((cell) => [cell.plan, cell]));
  const judged: Judged[] = [];
  const { stages, refused, notes } = await planQueue({
    runner,
    subject,
    query,
    catalog,
    references,
    exhaustive,
  });
  for (const message of notes) emit({ type: 'progress', case: subject.caseId, message });
  for (const cell of refused) if (!known.has(cell.plan)) replaceCell(cells, cell, emit);
  const isEnough = () =>
    !exhaustive &&
    judged.filter(({ visibleMs }) => visibleMs <= AMPLE * subject.objectiveMs).length >= ENOUGH;
  for (const [at, plans] of stages.entries()) {
    const isLast = stages.slice(at + 1).every((later) => later.every(({ id }) => known.has(id)));
    const budgetMs = limits.wallMs * (isLast ? 1 : STAGE_SHARE);
    for (const { plan, cell } of plans.flatMap((one) => withCell(one, known)))
      judged.push(...judgedBefore(plan, cell));
    let open: Plan[] = plans.filter(({ id }) => !known.has(id));
    while (open.length > 0 && !isEnough()) {
      signal.throwIfAborted();
      const wallMs = exhaustive ? BATCH_MS : budgetMs - (Date.now() - started);
      if (wallMs <= 0) break;
      const best = judged.map(({ visibleMs }) => visibleMs);
      const tried = await tryPlans(runner, open.slice(0, BATCH), {
        caseId: subject.caseId,
        objectiveMs: subject.objectiveMs,
        ordered: subject.ordered,
        references,
        buildLimitMs: limits.buildMs,
        runs: 5,
        screening: true,
        reachMs: exhaustive ? null : WITHIN_REACH * subject.objectiveMs,
        bestMs: best.length === 0 ? null : Math.min(...best),
        wallMs,
      });
      judged.push(...tried.judged);
      for (const cell of tried.cells) replaceCell(cells, cell, emit);
      open = [...tried.left, ...open.slice(BATCH)];
    }
  }
  return judged;
}

function withCell(plan: Plan, known: ReadonlyMap<string, Cell>): { plan: Plan; cell: Cell }[] {
  const cell = known.get(plan.id);
  return cell === undefined ? [] : [{ plan, cell }];
}

function judgedBefore(plan: Plan, cell: Cell): Judged[] {
  if (cell.state !== 'ok' || cell.medianMs === null) return [];
  return [{ plan, cell, visibleMs: cell.medianMs, worstMs: cell.medianMs }];
}

function replaceCell(cells: Cell[], cell: Cell, emit: EmitEvent): void {
  const at = cells.findIndex(({ plan }) => plan === cell.plan);
  if (at === -1) cells.push(cell);
  else cells[at] = cell;
  emit({ type: 'cell', cell });
}

/** Of plans within reach: those under the objective; where there is none, the one that comes closest. */
function candidates(judged: readonly Judged[], objectiveMs: number, count: number): Judged[] {
  const ranked = rankPlans(judged, objectiveMs);
  const passing = ranked.filter(({ visibleMs }) => visibleMs <= objectiveMs);
  if (passing.length > 0) return choosePlans(passing, count);
  return ranked.slice(0, 1);
}
