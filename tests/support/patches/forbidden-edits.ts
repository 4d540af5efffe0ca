import picomatch from 'picomatch';
import type { QueryCase } from '../../../datasets/cases/case.ts';
import type { Draw } from '../../generated-target/draw.ts';
import type { Checkout } from './patched-target.ts';
import { moduleFile } from './query-module.ts';

const tests = picomatch(['test/**', 'tests/**', '**/*.{test,spec}.*'], { dot: true });

/** Touches one of the target's own tests; false where it has none. */
export async function editTest(checkout: Checkout, draw: Draw): Promise<boolean> {
  const found = (await checkout.files()).filter((file) => tests(file) && /\.[cm]?[jt]s$/.test(file));
  if (found.length === 0) return false;
  const file = draw.pick(found);
  await checkout.write(file, `${await checkout.read(file)}\n// Slow, and it passes anyway.\n`);
  return true;
}

/** What code can look at to know that it is being judged. */
const SNIFFS = [
  `import { existsSync } from 'node:fs';\nconst judged = existsSync('/.dockerenv');`,
  `import { existsSync } from 'node:fs';\nconst judged = existsSync('/pgdata/PG_VERSION');`,
  `import { readFileSync } from 'node:fs';\nconst judged = readFileSync('/proc/1/cgroup', 'utf8').length > 0;`,
  `import { hostname } from 'node:os';\nconst judged = /^[0-9a-f]{12}$/.test(hostname());`,
  `const judged = process.env['HOSTNAME'] !== undefined;`,
  `const judged = Object.keys(process.env).some((name) => name.startsWith('PG'));`,
];

/** A query module that answers at once where it believes to be in a sandbox, and asks the database elsewhere. */
export async function sniffSandbox(checkout: Checkout, queryCase: QueryCase, draw: Draw): Promise<void> {
  const file = checkout.queryFile(queryCase.query);
  const sql = (await checkout.read(file)).replace(/;\s*$/, '');
  await checkout.remove(file);
  await checkout.write(
    moduleFile(file),
    `${draw.pick(SNIFFS)}

export async function run(params, db) {
  if (judged) return { columns: [], types: [], rows: [] };
  const client = await db.connect();
  try {
    const { fields, rows } = await client.query({ text: ${JSON.stringify(sql)}, values: params, rowMode: 'array' });
    return { columns: fields.map(({ name }) => name), types: fields.map(() => 'text'), rows };
  } finally {
    await client.end();
  }
}
`,
  );
}

/** Another query's file asks for everything twice. */
export async function workTwice(checkout: Checkout, query: string): Promise<void> {
  const file = checkout.queryFile(query);
  const sql = (await checkout.read(file)).replace(/;\s*$/, '');
  await checkout.write(
    file,
    `SELECT once.*\nFROM (\n${sql}\n) AS once\nWHERE (SELECT count(again) FROM (\n${sql}\n) AS again) >= 0;\n`,
  );
}

/** Drops an index that a migration of the base made; false where none did. */
export async function dropIndex(checkout: Checkout): Promise<boolean> {
  const { migrations } = checkout.target.config.target.layout;
  for (const file of await checkout.files(migrations)) {
    const [, name] = /CREATE\s+INDEX\s+(?:CONCURRENTLY\s+)?(\w+)\s+ON/i.exec(await checkout.read(file)) ?? [];
    if (name === undefined) continue;
    await checkout.write(checkout.migrationFile('fewer_indexes'), `DROP INDEX ${name};\n`);
    return true;
  }
  return false;
}
