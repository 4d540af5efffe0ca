import { simpleGit } from 'simple-git';
import { copiedPassages } from '../../gate/code/copied-passages.ts';
import { readPatch } from '../../gate/patch/read-patch.ts';
import type { CodeTarget } from '../../target/load-target.ts';
import { sourceMatcher } from '../../target/source-matcher.ts';

/** Of a file: nobody copies by heart from more. */
const READ_CHARACTERS = 2 ** 20;

/** Passages of the tests of a revision that a patch brings into the code under test. */
export async function findCopied(target: CodeTarget, revision: string, patch: string): Promise<string[]> {
  const read = readPatch(patch);
  if ('problem' in read) return [];
  const isSource = sourceMatcher(target);
  const hunks = read.files
    .filter(({ newPath }) => newPath !== null && isSource(newPath))
    .flatMap((file) => file.hunks);
  const lines = (wanted: '+' | '-') =>
    hunks.map((hunk) => hunk.flatMap(({ kind, text }) => (kind === wanted ? [text] : [])).join('\n'));
  const change = { added: lines('+'), removed: lines('-') };
  if (hunks.length === 0) return [];
  const git = simpleGit(target.path);
  const files = (await git.raw(['ls-tree', '-r', '-z', '--name-only', revision])).split('\0').filter(Boolean);
  const textOf = async (file: string) =>
    (await git.raw(['cat-file', 'blob', `${revision}:${file}`])).slice(0, READ_CHARACTERS);
  const texts = (wanted: readonly string[]) => Promise.all(wanted.map(textOf));
  const code = /\.(?:[cm]?[jt]sx?|json|snap)$/;
  return copiedPassages(change, {
    tests: await texts(
      files.filter((file) => !isSource(file) && code.test(file) && !/lock\.json$/.test(file)),
    ),
    sources: await texts(files.filter(isSource)),
  });
}
