import { planId } from '../make-plan.ts';
import type { Plan } from '../plan.ts';
import { type Engine, type EngineInput, refusing, Untranslatable } from './engine.ts';
import { moduleTest } from './module-test.ts';
import { indexKeys } from './sqlite/index-keys.ts';
import { sqliteModule, storedTableSpec } from './sqlite/module.ts';
import { sqliteQuery } from './sqlite/select.ts';
import type { StoreSpec } from './sqlite/store.ts';

/** SQLite over its own file: bare, with indexes on what is compared or ordered, and with indexes that cover the query. */
export const sqlite: Engine = {
  id: 'sqlite',
  package: null,
  plans: refusing(plansFor),
};

function plansFor(input: EngineInput): Plan[] {
  const { query, catalog, subject, result } = input;
  const { parts, columns, store } = sqliteQuery(input);
  const sameTypes =
    columns.length === result.types.length &&
    columns.every(({ type }, at) => type === kept(result.types[at]));
  if (!sameTypes)
    throw new Untranslatable(`its result is ${result.types.join(', ')}, which is not what was understood`);
  const keys = [...store.tables.values()].map((table) => ({ table, keys: indexKeys(query, table) }));
  const spec = (covering: boolean | null): StoreSpec => ({
    name: subject.query,
    tables: keys.map(({ table, keys: { plain, covering: all } }) =>
      storedTableSpec(table, catalog, covering === null ? [] : covering ? all : plain),
    ),
    parts,
    columns: result.columns,
    types: result.types,
    scales: columns.map(({ scale }) => scale ?? null),
    sql: subject.sql,
  });
  const layouts: { label: string; spec: StoreSpec }[] = [{ label: 'without indexes', spec: spec(null) }];
  if (keys.some(({ keys: { plain } }) => plain.length > 0)) {
    layouts.push({ label: 'with indexes', spec: spec(false) });
    layouts.push({ label: 'with covering indexes', spec: spec(true) });
  }
  const plans = layouts.map(({ label, spec: one }): Plan => {
    const source = sqliteModule(one, `Answers ${subject.query} from a copy in SQLite (${label}).`);
    const tests = [moduleTest({ subject, engine: 'sqlite' })];
    const module = { source, tests, packages: {} };
    const content = { kind: 'engine' as const, ddl: [], sql: subject.sql, refresh: [], module };
    return { ...content, id: planId(content), label: `SQLite ${label}`, ideas: ['SQLite', label] };
  });
  // Covering adds nothing where each index holds all columns already.
  return plans.filter(
    ({ module }, at) => at < 2 || strip(module?.source) !== strip(plans[1]?.module?.source),
  );
}

function kept(type: string | undefined): string {
  return type === 'varchar' ? 'text' : (type ?? '');
}

function strip(source: string | undefined): string {
  return source?.slice(source.indexOf('\n')) ?? '';
}
