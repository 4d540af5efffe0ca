import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { simpleGit } from 'simple-git';
import { Fault } from '../../datasets/fault.ts';
import { temporaryFolder } from '../../sandboxes/images/temporary-folder.ts';

/** All of a file beside what changed in it. */
const WHOLE_FILE = '--unified=1000000';

/** Trees beside a repository, which itself gets neither objects nor files. */
export interface ScratchRepository extends AsyncDisposable {
  /**
   * The tree of a patch on the revision.
   *
   * @throws Fault `oracle-does-not-apply`
   */
  treeOf(patch: string, name: string): Promise<string>;
  /** A tree with other texts in some of its files. */
  treeWith(tree: string, texts: ReadonlyMap<string, string>): Promise<string>;
  /** Paths that differ from the revision. */
  changed(tree: string): Promise<string[]>;
  /** The git patch from the revision to a tree, of these files. */
  patchOf(tree: string, files: readonly string[], options?: { wholeFiles: boolean }): Promise<string>;
}

export async function openScratch(repository: string, revision: string): Promise<ScratchRepository> {
  const folder = await temporaryFolder();
  const clone = path.join(folder.path, 'scratch');
  await simpleGit(folder.path).raw([
    'clone',
    '--quiet',
    '--shared',
    '--no-checkout',
    '--',
    repository,
    clone,
  ]);
  const git = simpleGit(clone);
  const write = async (text: string): Promise<string> => {
    const file = path.join(folder.path, 'text');
    await writeFile(file, text);
    return file;
  };
  return {
    async treeOf(patch, name) {
      await git.raw(['read-tree', revision]);
      try {
        await git.raw(['apply', '--cached', '--whitespace=nowarn', await write(patch)]);
      } catch (cause) {
        throw new Fault('oracle-does-not-apply', `The oracle ${name} does not apply to ${revision}`, {
          hint: 'write it with `git diff` against the base that the configuration names',
          cause,
        });
      }
      return (await git.raw(['write-tree'])).trim();
    },
    async treeWith(tree, texts) {
      await git.raw(['read-tree', tree]);
      for (const [file, text] of texts) {
        const blob = (await git.raw(['hash-object', '-w', '--', await write(text)])).trim();
        await git.raw(['update-index', '--add', '--cacheinfo', `100644,${blob},${file}`]);
      }
      return (await git.raw(['write-tree'])).trim();
    },
    changed: async (tree) =>
      (await git.raw(['diff', '--name-only', '--no-renames', '-z', revision, tree]))
        .split('\0')
        .filter(Boolean),
    patchOf: (tree, files, { wholeFiles } = { wholeFiles: false }) =>
      git.raw([
        ...['diff', '--no-color', '--no-ext-diff', '--no-renames', ...(wholeFiles ? [WHOLE_FILE] : [])],
        ...[revision, tree, '--', ...files.map((file) => `:(literal)${file}`)],
      ]),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
