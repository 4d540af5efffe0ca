import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { simpleGit } from 'simple-git';
import { Fault } from '../../datasets/fault.ts';
import { temporaryFolder } from '../../sandboxes/images/temporary-folder.ts';

/** One revision of a target without its history. */
export interface TargetExport {
  revision: string;
  /** SHA-1 of git's tree: the same content has the same tree. */
  tree: string;
  tar: Buffer;
}

/** `without`: paths that are left out of the archive. */
export async function exportTarget(
  repository: string,
  revision: string,
  { without = [] }: { without?: readonly string[] } = {},
): Promise<TargetExport> {
  const git = simpleGit(repository);
  let commit: string;
  try {
    commit = (await git.revparse(['--verify', '--end-of-options', `${revision}^{commit}`])).trim();
  } catch (cause) {
    throw new Fault('no-revision', `${repository} has no commit named ${revision}`, {
      hint: 'name a branch, tag or commit that exists there',
      cause,
    });
  }
  const tree = (await git.revparse([`${commit}^{tree}`])).trim();
  await using folder = await temporaryFolder();
  const file = path.join(folder.path, 'export.tar');
  const excluded = without.map((one) => `:(exclude,literal)${one}`);
  const paths = excluded.length === 0 ? [] : ['--', '.', ...excluded];
  await git.raw(['archive', '--format=tar', `--output=${file}`, commit, ...paths]);
  return { revision: commit, tree, tar: await readFile(file) };
}

/** Short content address of whatever parts make something. */
export function digest(...parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(String(part.length)).update(':').update(part);
  return hash.digest('hex');
}
