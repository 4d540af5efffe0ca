import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Db, db, type ResultSet, runSql } from './db.ts';

/** A query that is code: `queries/<name>.ts` in place of `queries/<name>.sql`. */
export interface QueryModule {
  run(params: (string | null)[], db: Db): Promise<ResultSet>;
  /** Makes its copy, once. */
  build?(db: Db): Promise<void>;
  /** Brings its copy up to date. */
  refresh?(db: Db): Promise<void>;
}

type Query = (params: (string | null)[]) => Promise<ResultSet>;

function pathOf(file: string): string {
  return resolve('queries', file);
}

async function loadModule(file: string): Promise<QueryModule> {
  const compiled = resolve('dist/queries', file.replace(/\.ts$/, '.js'));
  return (await import(pathToFileURL(compiled).href)) as QueryModule;
}

/** Every query module with its file name, in the order of the names. */
export async function queryModules(): Promise<{ file: string; module: QueryModule }[]> {
  const files = await readdir('queries');
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).sort();
  return Promise.all(sources.map(async (file) => ({ file, module: await loadModule(file) })));
}

async function loadQuery(name: string): Promise<Query> {
  if (!/^[\w-]+$/.test(name)) throw new Error(`not a query's name: ${JSON.stringify(name)}`);
  if (existsSync(pathOf(`${name}.ts`))) {
    const module = await loadModule(`${name}.ts`);
    return (params) => module.run(params, db);
  }
  if (!existsSync(pathOf(`${name}.sql`))) throw new Error(`no query is named ${JSON.stringify(name)}`);
  const text = await readFile(pathOf(`${name}.sql`), 'utf8');
  return async (params) => {
    const client = await db.connect();
    try {
      return await runSql(client, text, params);
    } finally {
      await client.end();
    }
  };
}

const loaded = new Map<string, Query>();

/** Answers a named query; parameters are in PostgreSQL's text format. */
export async function answer(name: string, params: (string | null)[]): Promise<ResultSet> {
  const query = loaded.get(name) ?? (await loadQuery(name));
  loaded.set(name, query);
  return query(params);
}
