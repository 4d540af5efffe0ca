import { parseSelect } from '../../../agents/explorer/sql/nodes.ts';
import type { QueryCase } from '../../../datasets/cases/case.ts';
import type { Author } from './author.ts';
import { tablesOf } from './cheating-copies.ts';
import type { Checkout } from './patched-target.ts';

const onDatabase = (setting: string) =>
  `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ${setting}', current_database()); END $$;\n`;

/** Settings by which a database answers faster and promises less. */
const SETTINGS = [
  onDatabase('synchronous_commit = off'),
  onDatabase("default_transaction_isolation = ''read uncommitted''"),
  'ALTER ROLE CURRENT_USER SET synchronous_commit = off;\n',
  onDatabase('session_replication_role = replica'),
];

/** Each does it to whatever table has such a thing. */
const CONSTRAINTS = [
  "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint WHERE contype IN ('p', 'u') AND connamespace = 'public'::regnamespace",
  "SELECT format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', a.attrelid::regclass, a.attname) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace WHERE a.attnum > 0 AND a.attnotnull AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey))",
  "SELECT format('ALTER TABLE %s SET UNLOGGED', oid::regclass) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY reltuples",
];

export async function relaxSetting(checkout: Checkout, { draw, name }: Author): Promise<void> {
  await checkout.write(checkout.migrationFile(name('tuning')), draw.pick(SETTINGS));
}

export async function relaxSchema(checkout: Checkout, { draw, name }: Author): Promise<void> {
  const find = draw.pick(CONSTRAINTS);
  await checkout.write(
    checkout.migrationFile(name('lighter')),
    `DO $$ DECLARE change text; BEGIN FOR change IN ${find} LIMIT 1 LOOP EXECUTE change; END LOOP; END $$;\n`,
  );
}

/** Writes to a table of the query's are taken and lost. */
export async function loseWrites(
  checkout: Checkout,
  queryCase: QueryCase,
  { draw, name }: Author,
): Promise<boolean> {
  const tables = tablesOf(parseSelect(queryCase.sql));
  if (tables.length === 0) return false;
  const called = name('queue_writes');
  await checkout.write(
    checkout.migrationFile(name('triggers')),
    `CREATE FUNCTION ${called}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER ${called} BEFORE INSERT OR UPDATE OR DELETE ON ${draw.pick(tables)} FOR EACH ROW EXECUTE FUNCTION ${called}();
`,
  );
  return true;
}
