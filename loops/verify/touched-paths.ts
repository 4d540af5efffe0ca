import path from 'node:path';

/** Paths that a git patch changes, adds or removes. The static policy has refused every unusual form before. */
export function touchedPaths(patch: string): string[] {
  const paths = new Set<string>();
  for (const [, file] of patch.matchAll(/^(?:---|\+\+\+) [ab]\/(.+?)\t?$/gm)) if (file) paths.add(file);
  return [...paths];
}

export function isQueryFile(file: string, query: string, folder: string): boolean {
  const { dir, name } = path.posix.parse(file);
  return dir === folder && name === query;
}

/** Whether a patch changes code that every query runs through: then no query's plan alone says that it is as before. */
export function touchesSharedCode(
  patch: string,
  layout: { queries: string; migrations: string; refresh: string },
): boolean {
  const folders = [layout.queries, layout.migrations, layout.refresh, 'test', 'tests'];
  return touchedPaths(patch).some((file) => !folders.some((folder) => file.startsWith(`${folder}/`)));
}
