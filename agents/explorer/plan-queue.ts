import { isCurrentEnough } from './choose-plans.ts';
import { enginePlans } from './engine-plans.ts';
import { enumerateIndexes } from './indexes/enumerate-indexes.ts';
import { makePlan, type Variant } from './make-plan.ts';
import type { Catalog, Cell, Plan, Subject } from './plan.ts';
import { type AnalysedQuery, analyseQuery } from './query.ts';
import { proposeRewrites } from './rewrites/index.ts';
import type { Runner } from './runner/open-runner.ts';
import { type Screened, screenLayouts } from './screen-layouts.ts';
import type { Reference } from './try-plans.ts';

interface QueueInput {
  runner: Runner;
  subject: Subject;
  query: AnalysedQuery;
  catalog: Catalog;
  references: readonly Reference[];
  exhaustive: boolean;
}

/** How many layouts of one SQL text are built: the query's own, and each rewrite's. */
const OWN_LAYOUTS = { usual: 6, exhaustive: 40 };
const REWRITE_LAYOUTS = { usual: 2, exhaustive: 3 };
/** Layouts that only a real build can price. */
const UNPRICED = 3;
const SCREEN_LIMIT_MS = 5_000;

/** Plans to try, in stages of growing weight: indexes and rewrites by the planner's cost, then derived tables. */
export async function planQueue(
  input: QueueInput,
): Promise<{ stages: Plan[][]; refused: Cell[]; notes: string[] }> {
  const { runner, subject, query, catalog, references, exhaustive } = input;
  const allowed = (kind: Plan['kind']) =>
    exhaustive || (subject.allow.includes(kind) && isCurrentEnough(kind, subject.stalenessS));
  const own: Variant = { kind: 'index', label: '', ideas: [], sql: subject.sql, ddl: [], refresh: [] };
  const proposals = proposeRewrites(query, catalog).filter(({ kind }) => allowed(kind));
  const derived = proposals.filter(({ ddl }) => ddl.length > 0);
  const texts = [own, ...proposals.filter(({ ddl }) => ddl.length === 0)];

  const analysed = await Promise.all(
    texts.map(({ sql }, at) => (at === 0 ? query : analyseQuery(sql, catalog))),
  );
  const choices = analysed.map((one) =>
    allowed('index') ? enumerateIndexes(one, catalog) : { designs: [], sets: [] },
  );
  const priced = catalog.extensions.includes('hypopg');
  const paramSets = extremes(references);
  const screened = priced
    ? await screenLayouts(
        texts.map(({ sql }, at) => ({ sql, choices: choices[at] ?? { designs: [], sets: [] } })),
        catalog,
        (plans) => runner.screen({ plans, paramSets, limitMs: SCREEN_LIMIT_MS }),
      )
    : choices.map(
        ({ designs }): Screened => ({
          baseCost: 0,
          layouts: designs.map((design) => ({ designs: [design], cost: null })),
        }),
      );

  const size = exhaustive ? 'exhaustive' : 'usual';
  const ranked = texts.map((variant, at) => {
    const found = screened[at] ?? { baseCost: null, layouts: [] };
    const bare = variant === own ? [] : [{ designs: [], cost: found.baseCost }];
    const count = variant === own ? OWN_LAYOUTS[size] : REWRITE_LAYOUTS[size];
    const layouts = found.baseCost === null ? [] : [...bare, ...limitLayouts(found, count)];
    return layouts.map(({ designs, cost }) => ({ plan: makePlan(variant, designs, catalog), cost }));
  });
  const [ownPlans = [], ...rewritten] = ranked;
  const half = Math.ceil(ownPlans.length / 2);
  const byCost = rewritten.flat().sort((a, b) => (a.cost ?? 0) - (b.cost ?? 0));
  const light = [...ownPlans.slice(0, half), ...byCost, ...ownPlans.slice(half)].map(({ plan }) => plan);
  const heavy = derived.map((variant) => makePlan(variant, [], catalog));
  const notes = screened.flatMap(({ message }, at) =>
    message === undefined ? [] : [`${texts[at]?.label ?? ''}: ${message}`],
  );
  const moved = allowed('engine') ? await enginePlans(input) : { plans: [], refused: [] };
  return { stages: [distinct(light), distinct(heavy), moved.plans], refused: moved.refused, notes };
}

/** The cheapest ones, and beside them a few that have no price. */
function limitLayouts({ layouts }: Screened, count: number) {
  const unpriced = layouts.filter(({ cost }) => cost === null).slice(0, UNPRICED);
  const priced = layouts.filter(({ cost }) => cost !== null).slice(0, count);
  return [...priced.slice(0, 1), ...unpriced, ...priced.slice(1)];
}

/** The fastest and the slowest parameter set of the base: between them selectivity differs most. */
function extremes(references: readonly Reference[]): (string | null)[][] {
  const sorted = references.toSorted((a, b) => a.baseMs - b.baseMs).map(({ params }) => params);
  return sorted.length > 2 ? [...sorted.slice(0, 1), ...sorted.slice(-1)] : sorted;
}

function distinct(plans: readonly Plan[]): Plan[] {
  return [...new Map(plans.map((plan) => [plan.id, plan])).values()];
}
