import type { IndexDesign } from './index-design.ts';
import type { SourceUse } from './source-use.ts';

/** Below this a block range spans most values and BRIN skips little. */
const MIN_CORRELATION = 0.9;

/** A few kilobytes that skip whole block ranges, where rows lie in the order of a column that is compared. */
export function brinDesigns(use: SourceUse): IndexDesign[] {
  return [...use.ranges, ...use.equal].flatMap((one) => {
    const column = one.plain ? use.table.columns.find(({ name }) => name === one.columns[0]) : undefined;
    if (column?.correlation == null || Math.abs(column.correlation) < MIN_CORRELATION) return [];
    return [
      {
        table: use.table,
        method: 'brin',
        keys: [one],
        include: [],
        where: null,
        options: 'pages_per_range = 32',
        extension: null,
        idea: 'block ranges',
      },
    ];
  });
}
