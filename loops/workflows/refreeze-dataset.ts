import { cp, readdir } from 'node:fs/promises';
import path from 'node:path';
import { simpleGit } from 'simple-git';
import { type Dataset, freezeDataset, verifyDataset } from '../../datasets/cases/dataset.ts';
import { Fault } from '../../datasets/fault.ts';
import { type DatasetVersion, readVersion } from './find-dataset.ts';
import { commitDatasets } from './freeze-version.ts';

/**
 * Makes what a person edited in the folder of the newest version its next version, and puts the frozen one back as
 * the datasets' repository has it. Cases that were edited or added carry a note that they were not admitted anew.
 *
 * @throws Fault `broken-dataset`, `not-in-git` (nothing to put back from), `broken-case`, `empty-dataset`
 */
export async function refreezeDataset(
  found: DatasetVersion,
  {
    datasets,
    now,
    readCase,
  }: { datasets: string; now: Date; readCase: (folder: string) => Promise<{ id: string }> },
): Promise<{ dataset: Dataset; changed: boolean }> {
  const before = await readVersion(found);
  const findings = await verifyDataset(found.root, found.version);
  if (findings.length === 0) return { dataset: before, changed: false };
  if (findings.some((finding) => finding.path === 'dataset.json')) {
    throw new Fault('broken-dataset', `${path.join(found.folder, 'dataset.json')} was edited`, {
      hint: `take that back first: git -C ${datasets} restore ${path.relative(datasets, found.folder)}/dataset.json`,
    });
  }
  const commit = await commitOfVersion(found, datasets);
  const cases = path.join(found.folder, 'cases');
  const ids = (await readdir(cases, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  if (ids.length === 0) {
    throw new Fault('empty-dataset', `${cases} holds no case any more`, {
      hint: `git -C ${datasets} restore . takes the removal back`,
    });
  }
  for (const id of ids) {
    const { id: says } = await readCase(path.join(cases, id));
    if (says !== id) {
      throw new Fault('broken-case', `${path.join(cases, id)} says that it is the case ${says}`, {
        hint: 'give the folder and the case in its task.toml the same name',
      });
    }
  }

  const known = new Map(before.cases.map((one) => [one.id, one]));
  const touched = new Set(findings.map((finding) => finding.case));
  const dataset = await freezeDataset(found.root, {
    name: before.name,
    canary: before.canary,
    now,
    cases: ids.map((id) => {
      const old = known.get(id);
      const note = touched.has(id)
        ? `${old ? 'edited' : 'added'} by hand after v${before.version}, not admitted anew`
        : old?.note;
      return {
        id,
        split: old?.split ?? found.split,
        write: (folder) => cp(path.join(cases, id), folder, { recursive: true }),
        ...(note === undefined ? {} : { note }),
      };
    }),
  });
  const git = simpleGit(found.root);
  await git.raw(['restore', `--source=${commit}`, '--staged', '--worktree', '--', `v${found.version}`]);
  await git.raw(['clean', '-fdxq', '--', `v${found.version}`]);
  await commitDatasets(datasets, `${dataset.name}@v${dataset.version}: edited by hand`);
  return { dataset, changed: true };
}

/** The commit that froze a version: later ones may have edits in it. */
async function commitOfVersion({ root, version, folder }: DatasetVersion, datasets: string): Promise<string> {
  const log = simpleGit(root).raw([
    'log',
    '--diff-filter=A',
    '--format=%H',
    '--max-count=1',
    '--',
    `v${version}/dataset.json`,
  ]);
  const commit = (await log.catch(() => '')).trim();
  if (commit === '') {
    throw new Fault(
      'not-in-git',
      `${folder} was edited, and no commit of ${datasets} has it as it was frozen`,
      { hint: 'put the frozen files back from a copy; a frozen version never changes' },
    );
  }
  return commit;
}
