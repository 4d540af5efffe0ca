import { readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * The datasets at or below a folder: what holds a `dataset.json`, up to the git repository it lies in; and every
 * repository named `…-datasets`, which may hold drafts alone.
 */
export async function findDatasets(folder: string): Promise<string[]> {
  const found = new Set<string>();
  await visit(folder, undefined, found);
  return [...found].sort();
}

async function visit(folder: string, repository: string | undefined, found: Set<string>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = new Set(entries.map((entry) => entry.name));
  // A data directory of PostgreSQL: thousands of files, none of them a dataset.
  if (names.has('PG_VERSION')) return;
  const around = names.has('.git') ? folder : repository;
  if (names.has('dataset.json') || (names.has('.git') && folder.endsWith('-datasets'))) {
    found.add(around ?? (/^v\d+$/.test(path.basename(folder)) ? path.dirname(folder) : folder));
    return;
  }
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === '.git' || entry.name === 'node_modules') continue;
    await visit(path.join(folder, entry.name), around, found);
  }
}
