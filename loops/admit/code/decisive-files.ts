import { simpleGit } from 'simple-git';
import type { CodeTarget } from '../../target/load-target.ts';
import { sourceMatcher } from '../../target/source-matcher.ts';

/**
 * Everything in a revision that decides what passes: tests, snapshots, fixtures, the runner's configuration, package.json;
 * all that is not the code under test. Path to git's blob id.
 */
export async function decisiveFiles(target: CodeTarget, revision: string): Promise<Record<string, string>> {
  const isSource = sourceMatcher(target);
  const listed = await simpleGit(target.path).raw(['ls-tree', '-r', '-z', revision]);
  const decisive: Record<string, string> = {};
  for (const entry of listed.split('\0')) {
    const [, blob, file] = /^\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(entry) ?? [];
    if (blob !== undefined && file !== undefined && !isSource(file)) decisive[file] = blob;
  }
  return decisive;
}
