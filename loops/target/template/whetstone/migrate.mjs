// Applies what is new in the migrations folder, in the order of the names, each once and each in one transaction.
// A file whose first line is `-- no-transaction` (CREATE INDEX CONCURRENTLY, VACUUM) holds one statement and runs
// outside of one. Then builds the copies of the query modules that keep one.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { db } from './db.mjs';
import { folders } from './folders.mjs';
import { queryModules } from './queries.mjs';

const client = await db.connect();

function record(name) {
  return client.query('INSERT INTO schema_migrations (name) VALUES ($1)', [name]);
}

async function apply(name, sql) {
  if (/^--\s*no-transaction\b/.test(sql)) {
    await client.query(sql);
    await record(name);
    return;
  }
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await record(name);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

async function applyNamed(name, sql) {
  try {
    await apply(name, sql);
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

try {
  // Two deployments at once would otherwise both apply the same file.
  await client.query("SELECT pg_advisory_lock(hashtext('schema_migrations'))");
  await client.query(
    'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
  );
  const applied = await client.query('SELECT name FROM schema_migrations');
  const done = new Set(applied.rows.map((row) => row.name));

  const files = existsSync(folders.migrations) ? await readdir(folders.migrations) : [];
  for (const file of files.filter((name) => name.endsWith('.sql')).sort()) {
    if (done.has(file)) continue;
    await applyNamed(file, await readFile(join(folders.migrations, file), 'utf8'));
    console.log(`applied ${file}`);
  }

  for (const { file, module } of await queryModules()) {
    const name = `${folders.queries}/${file}`;
    if (module.build === undefined || done.has(name)) continue;
    await module.build(db);
    await record(name);
    console.log(`built ${name}`);
  }
} finally {
  await client.end();
}
