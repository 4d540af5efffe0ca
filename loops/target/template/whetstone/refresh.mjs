// Brings derived copies up to date: each file of the refresh folder in the order of the names (several statements in
// a file are one transaction), then each query module that keeps a copy.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { db } from './db.mjs';
import { folders } from './folders.mjs';
import { queryModules } from './queries.mjs';

const files = existsSync(folders.refresh) ? await readdir(folders.refresh) : [];
const client = await db.connect();
try {
  for (const file of files.filter((name) => name.endsWith('.sql')).sort()) {
    await client.query(await readFile(join(folders.refresh, file), 'utf8'));
  }
} finally {
  await client.end();
}
for (const { module } of await queryModules()) await module.refresh?.(db);
