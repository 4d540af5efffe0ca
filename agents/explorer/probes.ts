import { z } from 'zod';
import type { AnalysedQuery } from './query.ts';
import type { Runner } from './runner/open-runner.ts';

/** What a parameter is compared with, and how. */
export interface ParamUse {
  param: number;
  schema: string;
  table: string;
  column: string;
  side: 'equal' | 'from' | 'to';
}

const Values = z.array(
  z.object({
    schema: z.string(),
    table: z.string(),
    column: z.string(),
    common: z.array(z.string()),
    bounds: z.array(z.string()),
  }),
);
export type Values = z.infer<typeof Values>;

/** Parameters that stand alone opposite a column with statistics. */
export function paramUses(query: AnalysedQuery): ParamUse[] {
  return query.blocks.flatMap((block) =>
    block.predicates.flatMap(({ kind, operator, on, values, value }) => {
      const origin = on?.column?.origin;
      if (origin == null || value !== 'param' || operator === '= ANY') return [];
      if (kind !== 'equality' && kind !== 'range') return [];
      return values.flatMap(({ params: [param] }, at): ParamUse[] => {
        if (param === undefined) return [];
        const from = operator === 'BETWEEN' ? at === 0 : operator.startsWith('>');
        const side = kind === 'equality' ? 'equal' : from ? 'from' : 'to';
        return [
          { param, schema: origin.table.schema, table: origin.table.name, column: origin.column.name, side },
        ];
      });
    }),
  );
}

const VALUES_SQL = `
select coalesce(json_agg(json_build_object('schema', schemaname, 'table', tablename, 'column', attname,
  'common', coalesce(most_common_vals::text::text[], '{}'), 'bounds', coalesce(histogram_bounds::text::text[], '{}'))), '[]')
from pg_stats where not inherited and (schemaname, tablename, attname) in
  (select w->>'schema', w->>'table', w->>'column' from json_array_elements($1::json) w)`;

/** Common values and histogram bounds of the columns that parameters are compared with, as text. */
export async function readValues(runner: Runner, uses: readonly ParamUse[]): Promise<Values> {
  return runner.value(Values, VALUES_SQL, [JSON.stringify(uses)]);
}

/**
 * Parameter sets that nobody logged, from a visible one: the most common values, rare ones, and a slice from the middle
 * of each range. What is good for selective values only shows here.
 */
export function probeSets(
  visible: readonly (string | null)[],
  uses: readonly ParamUse[],
  values: Values,
  random: () => number,
): (string | null)[][] {
  const statistics = (use: ParamUse) =>
    values.find(
      ({ schema, table, column }) => schema === use.schema && table === use.table && column === use.column,
    );
  const replace = (pick: (use: ParamUse) => string | undefined) => {
    const made = [...visible];
    for (const use of uses) {
      const value = pick(use);
      if (value !== undefined) made[use.param - 1] = value;
    }
    return made;
  };
  const at = (list: readonly string[], share: number) => list[Math.floor(share * (list.length - 1))];
  const somewhere = random();
  const common = replace((use) => (use.side === 'equal' ? statistics(use)?.common[0] : undefined));
  const rare = replace((use) => {
    const { common: frequent = [], bounds = [] } = statistics(use) ?? {};
    return use.side === 'equal' ? (bounds.length > 0 ? at(bounds, somewhere) : frequent.at(-1)) : undefined;
  });
  const middle = replace((use) => {
    if (use.side === 'equal') return undefined;
    return at(statistics(use)?.bounds ?? [], use.side === 'from' ? 0.45 : 0.55);
  });
  const known = new Set([JSON.stringify(visible)]);
  return [common, rare, middle].filter((set) => {
    const text = JSON.stringify(set);
    return known.has(text) ? false : known.add(text);
  });
}
