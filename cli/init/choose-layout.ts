import path from 'node:path';

/** Folders of a target that keeps its SQL in files, from its root. */
export interface Layout {
  queries: string;
  migrations: string;
  refresh: string;
}

/**
 * The folders that hold a repository's SQL, by their names: of several of one name the one nearest to the root. What
 * is missing is put beside the queries. Undefined where no folder of queries has SQL files in it.
 */
export function chooseLayout(files: readonly string[]): Layout | undefined {
  const withSql = foldersOf(files.filter((file) => file.endsWith('.sql')));
  const queries = named(withSql, 'queries') ?? named(withSql, 'query') ?? named(withSql, 'sql');
  if (queries === undefined) return undefined;
  const beside = (name: string) => path.posix.join(path.posix.dirname(queries), name);
  return {
    queries,
    migrations: named(withSql, 'migrations') ?? beside('migrations'),
    refresh: named(foldersOf(files), 'refresh') ?? beside('refresh'),
  };
}

const foldersOf = (files: readonly string[]): string[] => [
  ...new Set(files.map((file) => path.posix.dirname(file))),
];

function named(folders: readonly string[], name: string): string | undefined {
  return folders
    .filter((folder) => path.posix.basename(folder) === name)
    .toSorted((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))[0];
}
