import { equalRows } from '../../datasets/cases/canonical-rows.ts';
import type { ResultSet } from '../../datasets/cases/rows.ts';
import { type Judged, NEGLIGIBLE } from './choose-plans.ts';
import type { Cell, Plan } from './plan.ts';
import type { PlanFinding } from './runner/job.ts';
import type { Runner } from './runner/open-runner.ts';

/** A parameter set with the rows that are right for it. `result` is null where they were too many to send. */
export interface Reference {
  params: (string | null)[];
  digest: string;
  result: ResultSet | null;
  baseMs: number;
}

export interface TrialSettings {
  caseId: string;
  objectiveMs: number;
  ordered: boolean;
  references: readonly Reference[];
  buildLimitMs: number;
  /** Runs of each parameter set. */
  runs: number;
  /** Whether a plan must use what it builds to be worth running, and ends with the first run that is cut. */
  screening: boolean;
  /** A plan whose second run is slower than this is out of reach and not run again; null: run it all the same. */
  reachMs: number | null;
  /** Plans slower than 3× this are given up; null at first. */
  bestMs: number | null;
  /** Milliseconds left for this call; no plan starts afterwards. */
  wallMs: number;
}

export interface Tried {
  judged: Judged[];
  cells: Cell[];
  /** Settled times of each plan by parameter set. */
  times: Map<string, number[]>;
  /** Plans for which no time was left. */
  left: Plan[];
}

/** Longest single run: long enough to see how far off a plan is, short enough to try the next. */
function cutMs(objectiveMs: number): number {
  return Math.max(5 * objectiveMs, 1000);
}

/** One batch: equality with every reference, then timing; rows that only look different are compared here and tried again. */
export async function tryPlans(
  runner: Runner,
  plans: readonly Plan[],
  settings: TrialSettings,
): Promise<Tried> {
  const accept = new Map<string, string[]>();
  const findings = new Map<string, PlanFinding>();
  const wrong = new Map<string, string>();
  const started = Date.now();
  let open = [...plans];
  // A second round for plans whose rows differ as text and are equal as values: now they are timed.
  for (let round = 0; open.length > 0 && round < 2; round += 1) {
    const found = await runner.plans({
      plans: open.map(({ id, ddl, sql, module }) => ({
        id,
        ddl,
        sql,
        module: module?.source ?? null,
        mustUse: settings.screening && ddl.length > 0,
        accept: accept.get(id) ?? [],
      })),
      paramSets: settings.references.map(({ params }) => params),
      digests: settings.references.map(({ digest }) => digest),
      ordered: settings.ordered,
      bestMs: settings.bestMs,
      reachMs: settings.reachMs,
      floorMs: settings.objectiveMs * NEGLIGIBLE,
      cutMs: cutMs(settings.objectiveMs),
      buildLimitMs: settings.buildLimitMs,
      deadlineMs: Math.max(0, settings.wallMs - (Date.now() - started)),
      runs: settings.runs,
      pastCuts: !settings.screening,
    });
    for (const finding of found) findings.set(finding.id, finding);
    open = open.filter(({ id }) => {
      const finding = findings.get(id);
      if (finding?.state !== 'differs') return false;
      const differences = finding.differing.flatMap((one) => differenceOf(one, settings));
      const [difference] = differences;
      const timed = finding.times.every((ms) => ms.length > 1);
      if (difference !== undefined) wrong.set(id, difference);
      else if (timed) findings.set(id, { ...finding, state: 'ok' });
      else
        accept.set(
          id,
          finding.differing.map(({ digest }) => digest),
        );
      return difference === undefined && !timed;
    });
  }
  const tried = plans.flatMap((plan) => {
    const finding = findings.get(plan.id);
    if (finding === undefined || finding.state === 'unstarted') return [];
    return [{ plan, finding, cell: cellOf(plan, finding, settings, wrong.get(plan.id)) }];
  });
  return {
    times: new Map(tried.map(({ plan, finding }) => [plan.id, finding.times.map(settledMs)])),
    cells: tried.map(({ cell }) => cell),
    judged: tried.flatMap(({ plan, cell }) => {
      if (cell.state !== 'ok' || cell.medianMs === null) return [];
      return [{ plan, cell, visibleMs: cell.medianMs, worstMs: cell.medianMs }];
    }),
    left: plans.filter((plan) => !tried.some((one) => one.plan === plan)),
  };
}

/** What differs; nothing where the rows are equal as values though not as text. */
function differenceOf(
  { set, rowCount, result }: PlanFinding['differing'][number],
  settings: TrialSettings,
): string[] {
  const reference = settings.references[set];
  if (reference?.result == null || result === null) {
    return [`${rowCount} rows that are not the reference's, too many to compare value by value`];
  }
  const verdict = equalRows(reference.result, result, { ordered: settings.ordered });
  return verdict.equal ? [] : [`parameters ${JSON.stringify(reference.params)}: ${verdict.detail}`];
}

function cellOf(plan: Plan, finding: PlanFinding, settings: TrialSettings, wrong: string | undefined): Cell {
  const { caseId, objectiveMs } = settings;
  const firsts = finding.times.flatMap((ms) => ms.slice(0, 1));
  const firstMs = firsts.length === settings.references.length ? Math.max(...firsts) : null;
  const cell = {
    case: caseId,
    plan: plan.id,
    kind: plan.kind,
    label: plan.label,
    storageBytes: finding.storageBytes,
    buildMs: finding.buildMs,
    firstMs,
  };
  switch (finding.state) {
    case 'ok':
      return {
        ...cell,
        state: 'ok',
        medianMs: Math.max(...finding.times.map(settledMs)),
        detail: usedText(finding),
      };
    case 'differs':
      return {
        ...cell,
        state: 'wrong',
        medianMs: null,
        firstMs: null,
        detail: wrong ?? 'rows differ in form on every try',
      };
    case 'stopped': {
      const seen = finding.cut ? cutMs(objectiveMs) : Math.max(0, ...finding.times.map(settledMs));
      return { ...cell, state: 'stopped', medianMs: seen > 0 ? seen : null, detail: finding.message ?? '' };
    }
    case 'unused':
      return { ...cell, state: 'stopped', medianMs: null, detail: 'the planner does not use it' };
    default:
      return { ...cell, state: 'failed', medianMs: null, detail: finding.message ?? '' };
  }
}

/** Median of the runs after the first, which fills caches; the first where there is no other. */
export function settledMs(runs: readonly number[]): number {
  const later = runs.length > 1 ? runs.slice(1) : runs;
  const sorted = [...later].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function usedText({ used }: PlanFinding): string {
  return used.length === 0 ? '' : `uses ${used.join(', ')}`;
}
