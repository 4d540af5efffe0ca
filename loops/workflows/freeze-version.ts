import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { simpleGit } from 'simple-git';
import {
  type Dataset,
  type DraftCase,
  freezeDataset,
  listVersions,
  readDataset,
} from '../../datasets/cases/dataset.ts';
import { Fault } from '../../datasets/fault.ts';
import { gitIdentity } from '../publish/git-identity.ts';
import type { Located } from '../target/load-target.ts';

/** The newest version below a root, and the folders of its cases. */
export async function currentVersion(
  root: string,
): Promise<{ dataset: Dataset; folders: string[] } | undefined> {
  const version = (await listVersions(root)).at(-1);
  if (version === undefined) return undefined;
  const dataset = await readDataset(root, version);
  return { dataset, folders: dataset.cases.map(({ id }) => path.join(root, `v${version}`, 'cases', id)) };
}

export interface FreezeRequest<Case> {
  root: string;
  name: string;
  split: 'dev' | 'frontier';
  cases: readonly Case[];
  write: (folder: string, one: Case, canary: string) => Promise<void>;
  read: (folder: string) => Promise<Case>;
}

/** A step that is repeated after a kill finds the version that it froze: its cases are the same to the byte. */
export async function freezeVersion<Case extends { id: string }>(
  { target, now }: { target: Pick<Located, 'datasets'>; now: () => Date },
  { root, name, split, cases, write, read }: FreezeRequest<Case>,
): Promise<Dataset> {
  await ensureRepository(target.datasets);
  const before = await currentVersion(root);
  const canary = before?.dataset.canary ?? randomUUID();
  if (before && (await holdsExactly(before.folders, cases, read))) {
    // Killed between the version and its commit: the commit is still owed.
    await commitDatasets(target.datasets, `${name}@v${before.dataset.version}: ${cases.length} cases`);
    return before.dataset;
  }
  const drafts = cases.map(
    (one): DraftCase => ({ id: one.id, split, write: (folder) => write(folder, one, canary) }),
  );
  const dataset = await freezeDataset(root, { name, canary, now: now(), cases: drafts });
  await commitDatasets(target.datasets, `${name}@v${dataset.version}: ${cases.length} cases`);
  return dataset;
}

async function holdsExactly<Case extends { id: string }>(
  folders: readonly string[],
  cases: readonly Case[],
  read: (folder: string) => Promise<Case>,
): Promise<boolean> {
  if (folders.length !== cases.length) return false;
  const known = new Map(folders.map((folder) => [path.basename(folder), folder]));
  for (const one of cases) {
    const folder = known.get(one.id);
    if (folder === undefined) return false;
    if (JSON.stringify(sorted(await read(folder))) !== JSON.stringify(sorted(one))) return false;
  }
  return true;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

async function ensureRepository(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (!existsSync(path.join(folder, '.git')))
    await simpleGit(folder).raw(['init', '--quiet', '--initial-branch=main']);
}

/** One commit of all that changed in the datasets' repository, if anything did, whoever the machine's git user is. */
export async function commitDatasets(folder: string, message: string): Promise<void> {
  await removeStaleLock(folder);
  const git = simpleGit(folder).env(gitIdentity());
  await git.raw(['add', '--all', '--', '.', ':!*.freezing-*']);
  if ((await git.raw(['status', '--porcelain', '--untracked-files=no'])).trim() === '') return;
  await git.raw(['commit', '--quiet', '--no-verify', '--no-gpg-sign', '--message', message]);
}

/** No git command on files as few as these holds its lock so long. */
const STALE_MS = 10 * 60_000;

/**
 * A git that was killed leaves its lock, and every later commit would fail on it.
 *
 * @throws Fault `datasets-locked`: somebody may still hold it
 */
async function removeStaleLock(folder: string): Promise<void> {
  const lock = path.join(folder, '.git', 'index.lock');
  const found = await stat(lock).catch(() => undefined);
  if (!found) return;
  if (Date.now() - found.mtimeMs > STALE_MS) {
    await rm(lock, { force: true });
    return;
  }
  throw new Fault('datasets-locked', `Another git is at work in ${folder}: it holds ${lock}.`, {
    hint: 'Run the same command again when it is done; if none is running, remove that file.',
    kind: 'infrastructure',
  });
}
