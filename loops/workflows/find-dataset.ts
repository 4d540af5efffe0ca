import path from 'node:path';
import { type Dataset, listVersions, readDataset } from '../../datasets/cases/dataset.ts';
import { Fault } from '../../datasets/fault.ts';
import type { Target } from '../target/load-target.ts';
import { frontierRoot } from './freeze-cases.ts';

type Place = Pick<Target, 'name' | 'datasets'>;

/** A named dataset of a target; versions lie in `<root>/v<N>`. */
export interface DatasetRoot {
  name: string;
  root: string;
  split: 'dev' | 'frontier';
}

export interface DatasetVersion extends DatasetRoot {
  version: number;
  /** `<root>/v<N>`. */
  folder: string;
}

/** The target's cases, and those of them that still fail. */
export function datasetRoots({ name, datasets }: Place): DatasetRoot[] {
  return [
    { name, root: datasets, split: 'dev' },
    { name: `${name}-frontier`, root: frontierRoot(datasets), split: 'frontier' },
  ];
}

const versionOf = (root: DatasetRoot, version: number): DatasetVersion => ({
  ...root,
  version,
  folder: path.join(root.root, `v${version}`),
});

/** Every frozen version of a target, oldest first. */
export async function listDatasets(target: Place): Promise<DatasetVersion[]> {
  const found: DatasetVersion[] = [];
  for (const root of datasetRoots(target)) {
    for (const version of await listVersions(root.root)) found.push(versionOf(root, version));
  }
  return found;
}

/**
 * What `NAME`, `NAME@vN` or nothing names: the newest version where none is given, the target's own dataset where
 * no name is; `frontier` is short for `<target>-frontier`.
 *
 * @throws Fault `bad-dataset-name`, `no-such-dataset`
 */
export async function findDataset(target: Place, reference = target.name): Promise<DatasetVersion> {
  const [, name, digits] = /^([^@]+)(?:@v([1-9]\d*))?$/.exec(reference) ?? [];
  if (name === undefined) {
    throw new Fault('bad-dataset-name', `\`${reference}\` names no dataset`, {
      hint: `write NAME or NAME@vN, as in ${target.name}@v1`,
    });
  }
  const known = await listDatasets(target);
  const named = known.filter((one) => one.name === name || (name === 'frontier' && one.split === 'frontier'));
  const found = digits === undefined ? named.at(-1) : named.find((one) => one.version === Number(digits));
  if (found === undefined) {
    throw new Fault('no-such-dataset', `there is no dataset ${reference} in ${target.datasets}`, {
      hint:
        known.length > 0
          ? `there are: ${known.map((one) => `${one.name}@v${one.version}`).join(', ')}`
          : 'freeze the first one with `whetstone mine` or `whetstone loop`',
    });
  }
  return found;
}

export const readVersion = ({ root, version }: DatasetVersion): Promise<Dataset> =>
  readDataset(root, version);
