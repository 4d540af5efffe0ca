import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { db, runSql } from './db.mjs';
import { folders } from './folders.mjs';

/**
 * A query that is code: `queries/<name>.ts` in place of `queries/<name>.sql`. `build` makes its copy, once; `refresh`
 * brings it up to date.
 * @typedef {object} QueryModule
 * @property {(params: (string | null)[], db: import('./db.mjs').Db) => Promise<import('./db.mjs').ResultSet>} run
 * @property {(db: import('./db.mjs').Db) => Promise<void>} [build]
 * @property {(db: import('./db.mjs').Db) => Promise<void>} [refresh]
 */

const pathOf = (file) => resolve(folders.queries, file);

/**
 * The compiler is loaded only where a module asks for it: a program starts in a third of the time without.
 * @returns {Promise<QueryModule>}
 */
async function loadModule(file) {
  const { tsImport } = await import('tsx/esm/api');
  return await tsImport(pathToFileURL(pathOf(file)).href, import.meta.url);
}

/** Every query module with its file name, in the order of the names. */
export async function queryModules() {
  const files = existsSync(folders.queries) ? await readdir(folders.queries) : [];
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).sort();
  return Promise.all(sources.map(async (file) => ({ file, module: await loadModule(file) })));
}

async function loadQuery(name) {
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

const loaded = new Map();

/**
 * Answers a named query; parameters are in PostgreSQL's text format.
 * @param {string} name
 * @param {(string | null)[]} params
 * @returns {Promise<import('./db.mjs').ResultSet>}
 */
export async function answer(name, params) {
  const query = loaded.get(name) ?? (await loadQuery(name));
  loaded.set(name, query);
  return query(params);
}
