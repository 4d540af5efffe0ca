import { parse } from 'libpg-query';
import { simpleGit } from 'simple-git';
import { createFingerprinter } from '../../datasets/patterns/fingerprint.ts';
import type { Target } from '../target/load-target.ts';

/** A query that the target's serve knows by name, as the base revision has it. */
export interface OwnedQuery {
  name: string;
  sql: string;
  /** Id of the pattern that its statement belongs to. */
  pattern: string;
  /** Its outermost statement has an ORDER BY. */
  ordered: boolean;
}

/** Every `queries/<name>.sql` of a revision. A file that PostgreSQL's parser refuses is left out, by name. */
export async function readQueries(
  target: Target,
  revision: string,
): Promise<{ queries: OwnedQuery[]; unreadable: string[] }> {
  const git = simpleGit(target.path);
  const folder = target.config.target.layout.queries;
  const listing = await git.raw(['ls-tree', '--name-only', '-z', revision, '--', `${folder}/`]);
  const files = listing.split('\0').filter((file) => file.endsWith('.sql'));
  const fingerprint = await createFingerprinter();
  const queries: OwnedQuery[] = [];
  const unreadable: string[] = [];
  for (const file of files) {
    const sql = await git.raw(['show', `${revision}:${file}`]);
    try {
      const ordered = await isOrdered(sql);
      const name = file.slice(folder.length + 1, -'.sql'.length);
      queries.push({ name, sql: stripSql(sql), pattern: fingerprint(stripSql(sql)).id, ordered });
    } catch {
      unreadable.push(file);
    }
  }
  return { queries, unreadable };
}

async function isOrdered(sql: string): Promise<boolean> {
  const { stmts } = await parse(sql);
  const statement = stmts?.[0]?.stmt;
  return (
    statement !== undefined && 'SelectStmt' in statement && (statement.SelectStmt.sortClause?.length ?? 0) > 0
  );
}

/** Without the trailing semicolon, so that it can stand inside another statement. */
const stripSql = (sql: string): string => sql.trim().replace(/;\s*$/, '');
