import type { Dataset } from './dataset.ts';

export interface CaseChange {
  id: string;
  change: 'added' | 'removed' | 'changed';
  /** Paths within the case that differ. */
  files: string[];
  /** The case's split and hash afterwards; before, where it was removed. */
  split: Dataset['cases'][number]['split'];
  sha256: string;
}

/** What became of the cases from one version to another, in the order of their ids. */
export function compareDatasets(before: Dataset, after: Dataset): CaseChange[] {
  const old = new Map(before.cases.map((one) => [one.id, one]));
  const now = new Map(after.cases.map((one) => [one.id, one]));
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((id): CaseChange[] => {
    const [from, to] = [old.get(id), now.get(id)];
    const told = to ?? from;
    if (told === undefined || (from?.sha256 === to?.sha256 && from?.split === to?.split)) return [];
    const paths = new Set([...Object.keys(from?.files ?? {}), ...Object.keys(to?.files ?? {})]);
    return [
      {
        id,
        change: from === undefined ? 'added' : to === undefined ? 'removed' : 'changed',
        files: [...paths].filter((file) => from?.files[file] !== to?.files[file]).sort(),
        split: told.split,
        sha256: told.sha256,
      },
    ];
  });
}
