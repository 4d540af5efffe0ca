import { copiedPassages } from '../../gate/code/copied-passages.ts';
import { readPatch } from '../../gate/patch/read-patch.ts';
import type { CodeTarget } from '../../target/load-target.ts';
import { revisionFiles, revisionTexts } from '../../target/revision-files.ts';
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
  const files = await revisionFiles(target.path, revision);
  const code = /\.(?:[cm]?[jt]sx?|json|snap)$/;
  const texts = async (wanted: readonly string[]) =>
    [...(await revisionTexts(target.path, revision, wanted)).values()].map((text) =>
      text.slice(0, READ_CHARACTERS),
    );
  return copiedPassages(change, {
    tests: await texts(
      files.filter((file) => !isSource(file) && code.test(file) && !/lock\.json$/.test(file)),
    ),
    sources: await texts(files.filter(isSource)),
  });
}
