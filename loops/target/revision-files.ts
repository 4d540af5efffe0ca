import { simpleGit } from 'simple-git';

/** Paths of all files of a revision. */
export async function revisionFiles(repository: string, revision: string): Promise<string[]> {
  const listed = await simpleGit(repository).raw(['ls-tree', '-r', '-z', '--name-only', revision]);
  return listed.split('\0').filter((file) => file !== '');
}

/** Texts of files of a revision, by path; binary ones are left out. */
export async function revisionTexts(
  repository: string,
  revision: string,
  files: readonly string[],
): Promise<Map<string, string>> {
  const git = simpleGit(repository);
  const texts = new Map<string, string>();
  for (const file of files) {
    const text = await git.raw(['cat-file', 'blob', `${revision}:${file}`]);
    if (!text.includes('\0')) texts.set(file, text);
  }
  return texts;
}
