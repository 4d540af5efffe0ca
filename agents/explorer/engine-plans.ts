import { z } from 'zod';
import type { EngineInput } from './engines/engine.ts';
import { engines } from './engines/index.ts';
import type { Catalog, Cell, Plan, Subject } from './plan.ts';
import type { AnalysedQuery } from './query.ts';
import type { Runner } from './runner/open-runner.ts';
import type { Reference } from './try-plans.ts';

const TYPES_SQL = `
select json_build_object(
  'bytewise', (select datcollate in ('C', 'POSIX', 'C.UTF-8', 'C.utf8') from pg_database where datname = current_database()),
  'columns', (select coalesce(json_agg(json_build_array(n.nspname || '.' || c.relname || '.' || a.attname,
      format_type(a.atttypid, a.atttypmod))), '[]')
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm', 'p') and a.attnum > 0 and not a.attisdropped
      and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')))`;
const Types = z.object({ bytewise: z.boolean(), columns: z.array(z.tuple([z.string(), z.string()])) });

interface Input {
  runner: Runner;
  subject: Subject;
  query: AnalysedQuery;
  catalog: Catalog;
  references: readonly Reference[];
}

/** Plans that move the query out of PostgreSQL, and a failed cell with the reason for each engine that cannot take it. */
export async function enginePlans({
  runner,
  subject,
  query,
  catalog,
  references,
}: Input): Promise<{ plans: Plan[]; refused: Cell[] }> {
  const result = references.find((reference) => reference.result !== null)?.result;
  if (result == null) return { plans: [], refused: [] };
  const { bytewise, columns } = await runner.value(Types, TYPES_SQL, []);
  const paramTypes = await runner.paramTypes(subject.sql);
  const input: EngineInput = {
    query,
    catalog,
    subject,
    paramTypes,
    columnTypes: new Map(columns),
    result: { columns: result.columns, types: result.types },
    bytewiseText: bytewise,
  };
  const offers = engines.map((engine) => ({ engine, offer: engine.plans(input) }));
  return {
    plans: offers.flatMap(({ offer }) => ('plans' in offer ? offer.plans : [])),
    refused: offers.flatMap(({ engine, offer }) =>
      'refused' in offer ? [refusedCell(subject.caseId, engine.id, offer.refused)] : [],
    ),
  };
}

function refusedCell(caseId: string, engine: string, detail: string): Cell {
  const none = { medianMs: null, storageBytes: null, buildMs: null, firstMs: null };
  return { case: caseId, plan: engine, kind: 'engine', label: engine, state: 'failed', ...none, detail };
}
