const GAP = '  ';
const NARROWEST_LAST = 16;

/**
 * Rows below their titles, each column as wide as its widest entry. The last column takes what is left of `columns`
 * characters, and is cut there; those of `right` (indexes) stand to the right.
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { columns, right = [] }: { columns: number; right?: readonly number[] },
): string[] {
  const clean = rows.map((row) => row.map((entry) => entry.replace(/\s+/g, ' ')));
  const last = head.length - 1;
  const widths = head.map((title, at) => Math.max(title.length, ...clean.map((row) => row[at]?.length ?? 0)));
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0);
  const room = Math.max(NARROWEST_LAST, columns - before);
  return [head, ...clean].map((row) =>
    row
      .map((entry, at) => {
        if (at === last) return entry.length > room ? `${entry.slice(0, room - 1)}…` : entry;
        const width = widths[at] ?? 0;
        return right.includes(at) ? entry.padStart(width) : entry.padEnd(width);
      })
      .join(GAP)
      .trimEnd(),
  );
}
