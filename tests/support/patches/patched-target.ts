import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { simpleGit } from 'simple-git';
import type { QueryCase } from '../../../datasets/cases/case.ts';
import { loadTarget, type Target } from '../../../loops/target/load-target.ts';
import { currentDataset, frozenCases } from '../../../loops/workflows/freeze-cases.ts';
import { temporaryFolder } from '../../../sandboxes/images/temporary-folder.ts';

/** A target that a loop has finished on: what patches to it are made from. */
export interface PatchedTarget {
  target: Target;
  cases: QueryCase[];
  /** Cases that have an accepted branch: `whetstone/<id>`. */
  accepted: QueryCase[];
}

export async function openPatchedTarget(configPath: string): Promise<PatchedTarget> {
  const target = await loadTarget(configPath);
  const dataset = await currentDataset({ target });
  if (!dataset) throw new Error(`${target.name} has no dataset`);
  const cases = await frozenCases(
    { target },
    dataset.cases.map(({ id }) => id),
  );
  const refs = ['for-each-ref', '--format=%(refname:short)', 'refs/heads/whetstone'];
  const branches = (await simpleGit(target.remote).raw(refs)).trim().split('\n');
  return { target, cases, accepted: cases.filter(({ id }) => branches.includes(`whetstone/${id}`)) };
}

/** A throw-away checkout, to be changed as a person would. */
export class Checkout {
  readonly folder: string;
  readonly target: Target;

  constructor(folder: string, target: Target) {
    this.folder = folder;
    this.target = target;
  }

  read(file: string): Promise<string> {
    return readFile(path.join(this.folder, file), 'utf8');
  }

  async write(file: string, text: string): Promise<void> {
    await mkdir(path.dirname(path.join(this.folder, file)), { recursive: true });
    await writeFile(path.join(this.folder, file), text);
  }

  async remove(file: string): Promise<void> {
    await rm(path.join(this.folder, file));
  }

  /** Paths that git knows, below a folder where one is given. */
  async files(below = '.'): Promise<string[]> {
    return lines(await simpleGit(this.folder).raw(['ls-files', '--', below]));
  }

  /** Paths that differ from the base branch: of the accepted branch that it started from. */
  async changed(): Promise<string[]> {
    return lines(await simpleGit(this.folder).raw(['diff', '--name-only', baseRef(this.target), 'HEAD']));
  }

  queryFile(query: string): string {
    return path.join(this.target.config.target.layout.queries, `${query}.sql`);
  }

  /** A migration that comes after all others. */
  migrationFile(slug: string): string {
    return path.join(this.target.config.target.layout.migrations, `9999_${slug}.sql`);
  }
}

/**
 * The difference to the base branch that `change` makes, undefined where it says that it does not apply (`false`).
 * `on` starts from that case's accepted branch in place of the base: a cheat beside an honest fix is the harder one.
 */
export async function patchOf(
  target: Target,
  change: (checkout: Checkout) => Promise<boolean | undefined> | Promise<void>,
  on?: QueryCase,
): Promise<string | undefined> {
  await using temporary = await temporaryFolder();
  const folder = path.join(temporary.path, 'checkout');
  await simpleGit().raw(['clone', '--quiet', '--no-checkout', '--', target.path, folder]);
  const git = simpleGit(folder);
  if (on) await git.raw(['fetch', '--quiet', target.remote, `refs/heads/whetstone/${on.id}`]);
  await git.raw(['checkout', '--quiet', '--detach', on ? 'FETCH_HEAD' : baseRef(target)]);
  if ((await change(new Checkout(folder, target))) === false) return undefined;
  await git.raw(['add', '--all']);
  // Awaited here: the folder goes with this function.
  return await git.raw(['diff', '--cached', '--no-color', '--no-ext-diff', '--no-renames', baseRef(target)]);
}

const baseRef = (target: Target): string => `origin/${target.config.target.base}`;

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
