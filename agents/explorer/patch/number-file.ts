/** The next name in a folder of numbered files, in the style that its files have: `0007_slug.sql` after `0006_other.sql`. */
export function numberFile(existing: readonly string[], slug: string): string {
  const numbered = existing.flatMap((name) => {
    const match = /^(?<prefix>[A-Za-z]*)(?<digits>\d+)(?<separator>[-_.]+)/.exec(name)?.groups;
    if (match === undefined) return [];
    return [
      { prefix: match['prefix'] ?? '', digits: match['digits'] ?? '', separator: match['separator'] ?? '_' },
    ];
  });
  const last = numbered.sort((a, b) => (BigInt(a.digits) < BigInt(b.digits) ? -1 : 1)).at(-1);
  const { prefix, digits, separator } = last ?? { prefix: '', digits: '0000', separator: '_' };
  const next = String(BigInt(digits) + 1n).padStart(digits.length, '0');
  const dashes =
    existing.some((name) => /^\w*\d+[-.]?[a-z0-9]+-[a-z0-9]/.test(name)) &&
    !existing.some((name) => /\d_/.test(name));
  return `${prefix}${next}${separator}${slug.replaceAll('_', dashes ? '-' : '_')}.sql`;
}
