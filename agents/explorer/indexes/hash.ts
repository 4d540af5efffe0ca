import type { IndexDesign } from './index-design.ts';
import type { SourceUse } from './source-use.ts';

/** Narrower keys make a B-tree as small as a hash index. */
const MIN_WIDTH_BYTES = 24;

/** For a single equality on a wide key: the index holds four bytes of it. */
export function hashDesigns(use: SourceUse): IndexDesign[] {
  return use.equal.flatMap((one) => {
    const column = one.plain ? use.table.columns.find(({ name }) => name === one.columns[0]) : undefined;
    if ((column?.avgWidthBytes ?? 0) < MIN_WIDTH_BYTES) return [];
    return [
      {
        table: use.table,
        method: 'hash',
        keys: [one],
        include: [],
        where: null,
        options: null,
        extension: null,
        idea: 'hash of a wide key',
      },
    ];
  });
}
