import type { IndexChoices } from './indexes/enumerate-indexes.ts';
import { createIndex, type IndexDesign } from './indexes/index-design.ts';
import type { Catalog } from './plan.ts';
import type { ScreenFinding } from './runner/job.ts';
import type { ScreenJob } from './runner/open-runner.ts';

/** Indexes that would stand together, with the planner's cost of the query; null where only a real build can tell. */
interface Layout {
  designs: IndexDesign[];
  cost: number | null;
}

export interface Screened {
  /** Cost without any new index; null where the planner refuses the SQL, which `message` then explains. */
  baseCost: number | null;
  /** Cheapest first, and only those that are cheaper than no index; unpriced ones stand at the end. */
  layouts: Layout[];
  message?: string;
}

interface Subject {
  sql: string;
  choices: IndexChoices;
}

type Price = (job: ScreenJob['plans']) => Promise<ScreenFinding[]>;

/** A layout must promise at least this much of the cost without it. */
const WORTHWHILE = 0.95;
/** Among layouts this close in cost, the smaller one comes first. */
const SAME_COST = 1.03;
const SEEDS = 3;
const PARTNERS = 8;

/** Prices every index alone, then the best with partners; `price` is hypopg's hypothetical planner. */
export async function screenLayouts(
  subjects: readonly Subject[],
  catalog: Catalog,
  price: Price,
): Promise<Screened[]> {
  const pool = subjects.map(({ sql, choices }) => ({
    sql,
    layouts: [[], ...choices.designs.map((design) => [design]), ...choices.sets],
  }));
  const alone = await priceAll(pool, catalog, price);
  const seeded = alone.map(({ sql, priced }) => ({ sql, layouts: partners(priced) }));
  const together = await priceAll(seeded, catalog, price);
  return alone.map(({ priced, message }, at) => {
    const baseCost = priced.find(({ designs }) => designs.length === 0)?.cost ?? null;
    const all = [...priced, ...(together[at]?.priced ?? [])];
    return {
      baseCost,
      layouts: baseCost === null ? [] : rankLayouts(all, baseCost),
      ...(message === undefined ? {} : { message }),
    };
  });
}

interface Pool {
  sql: string;
  layouts: IndexDesign[][];
}

async function priceAll(pools: readonly Pool[], catalog: Catalog, price: Price) {
  const jobs = pools.flatMap(({ sql, layouts }, pool) =>
    layouts.map((designs, at) => ({
      id: `${pool}/${at}`,
      sql,
      indexes: designs.map((design) => createIndex(design, catalog)),
    })),
  );
  const found = new Map((jobs.length === 0 ? [] : await price(jobs)).map((finding) => [finding.id, finding]));
  return pools.map(({ sql, layouts }, pool) => ({
    sql,
    message: found.get(`${pool}/0`)?.message,
    priced: layouts.flatMap((designs, at): Layout[] => {
      const finding = found.get(`${pool}/${at}`);
      if (finding?.costs == null) {
        // hypopg knows no GIN: such an index is judged by building it.
        return designs.some(({ method }) => method === 'gin') ? [{ designs, cost: null }] : [];
      }
      const cost = finding.costs.reduce((sum, one) => sum + one, 0);
      return [{ designs: designs.filter((_, position) => finding.used.includes(position)), cost }];
    }),
  }));
}

/** The best single layouts with the best of the others beside them, never two on the same keys. */
function partners(priced: readonly Layout[]): IndexDesign[][] {
  const baseCost = priced.find(({ designs }) => designs.length === 0)?.cost;
  if (baseCost == null) return [];
  const ranked = rankLayouts(priced, baseCost).filter(({ cost }) => cost !== null);
  return ranked.slice(0, SEEDS).flatMap((seed, at) => {
    const elsewhere = ranked
      .slice(at + 1)
      .filter(({ designs }) => designs.every((one) => seed.designs.every((held) => !overlaps(held, one))));
    const near = elsewhere.slice(0, PARTNERS).map(({ designs }) => [...seed.designs, ...designs]);
    const [first, second] = elsewhere;
    return first !== undefined &&
      second !== undefined &&
      first.designs.every((one) => second.designs.every((other) => !overlaps(one, other)))
      ? [...near, [...seed.designs, ...first.designs, ...second.designs]]
      : near;
  });
}

function overlaps(a: IndexDesign, b: IndexDesign): boolean {
  return a.table === b.table && a.keys[0]?.sql === b.keys[0]?.sql;
}

/** Cheapest first; a layout that costs about as much as one with fewer columns comes after it. */
function rankLayouts(layouts: readonly Layout[], baseCost: number): Layout[] {
  const useful = layouts.filter(
    ({ designs, cost }) => designs.length > 0 && (cost === null || cost < baseCost * WORTHWHILE),
  );
  const distinct = [
    ...new Map(
      useful.map((layout) => [JSON.stringify(layout.designs.map(identity).sort()), layout]),
    ).values(),
  ];
  const bySize = distinct.sort((a, b) => columnsOf(a) - columnsOf(b));
  const logCost = (cost: number | null) =>
    cost === null ? Number.POSITIVE_INFINITY : Math.floor(Math.log(Math.max(cost, 1)) / Math.log(SAME_COST));
  return bySize.sort((a, b) => {
    const [left, right] = [logCost(a.cost), logCost(b.cost)];
    return left === right ? 0 : left - right;
  });
}

function identity({ table, method, keys, include, where }: IndexDesign): string {
  return JSON.stringify([table.schema, table.name, method, keys.map(({ sql }) => sql), include, where]);
}

function columnsOf({ designs }: Layout): number {
  return designs.reduce(
    (sum, { keys, include, where }) => sum + keys.length + include.length + (where === null ? 0 : 0.5),
    0,
  );
}
