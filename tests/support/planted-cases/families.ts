import type { Family } from './family.ts';
import { durations, medians, pages, shares, tiers, versions } from './number-families.ts';
import { checksums, masks, months, overlaps, runs, slugs } from './text-families.ts';

export const FAMILIES: readonly Family[] = [
  tiers,
  shares,
  durations,
  pages,
  medians,
  versions,
  masks,
  runs,
  months,
  slugs,
  overlaps,
  checksums,
];
