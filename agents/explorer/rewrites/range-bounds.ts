import type { Expression, Predicate } from '../sql/analysed-query.ts';
import { comparable } from './function-to-range.ts';
import { distinctCount } from './loose-keys.ts';
import type { StoredInput } from './stored-input.ts';

const FEW_VALUES = 5000;

export interface Bounds {
  column: Expression;
  type: 'timestamp' | 'timestamptz';
  lower: { operator: string; value: string } | null;
  upper: { operator: string; value: string } | null;
  others: Predicate[];
}

export interface Step {
  name: string;
  floor: (value: string) => string;
  interval: string;
}

function step(unit: string, interval: string, zone: string): Step {
  return { name: unit, floor: (value) => `date_trunc('${unit}', ${value}${zone})`, interval };
}

// In UTC a day is 24 hours and a week seven days, whatever the session's zone; a month has no fixed length there.
export const STEPS: Record<Bounds['type'], Step[]> = {
  timestamp: [step('day', '1 day', ''), step('month', '1 month', '')],
  timestamptz: [step('day', '24 hours', ", 'UTC'"), step('week', '168 hours', ", 'UTC'")],
};

/** The range over one instant that the parameters give, where its values are too many to group by them. */
export function boundsOf(input: StoredInput): Bounds | null {
  const ranges = input.dynamics.filter(
    (predicate) =>
      predicate.kind === 'range' &&
      ['timestamp', 'timestamptz'].includes(predicate.on?.column?.column?.type ?? ''),
  );
  const first = ranges[0]?.on;
  const use = first?.column;
  if (!first || !use?.column || use.source.table === null) return null;
  const distinct = distinctCount(use.column, input.rows);
  if (distinct !== null && distinct <= FEW_VALUES) return null;
  const type = use.column.type === 'timestamp' ? 'timestamp' : 'timestamptz';
  const bounds: Bounds = { column: first, type, lower: null, upper: null, others: [] };
  for (const predicate of input.dynamics) {
    const same =
      predicate.on?.column?.source === use.source &&
      predicate.on.column.name === use.name &&
      predicate.kind === 'range';
    if (!same) {
      bounds.others.push(predicate);
      continue;
    }
    const [low, high] = predicate.values;
    const values =
      predicate.operator === 'BETWEEN'
        ? [
            { operator: '>=', value: low },
            { operator: '<=', value: high },
          ]
        : [{ operator: predicate.operator, value: low }];
    for (const { operator, value } of values) {
      const side = operator.startsWith('>') ? 'lower' : 'upper';
      if (
        value === undefined ||
        bounds[side] !== null ||
        value.columns.length > 0 ||
        value.hasSubquery ||
        !fits(value, type)
      )
        return null;
      bounds[side] = { operator, value: `CAST(${value.sql} AS ${type})` };
    }
  }
  return bounds;
}

/** The cast must not change the value: `$1::date + 7` is a date, `$1 - interval` is of the column's type. */
function fits(value: Expression, type: string): boolean {
  return comparable(value, type) || (type === 'timestamptz' && value.type === 'timestamp');
}
