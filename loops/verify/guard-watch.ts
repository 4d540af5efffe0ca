import type { QueryCase } from '../../datasets/cases/case.ts';
import type { GuardEvidence } from '../gate/evidence.ts';
import { forQuery } from '../target/config.ts';
import type { LoopContext } from '../workflows/context.ts';
import type { ArmPair } from './arm-pair.ts';
import { checkGuard, type GuardQuery } from './check-guard.ts';
import { compareAfterWrites } from './compare-after-writes.ts';
import { type ChangedDefinitions, changedDefinitions } from './compare-database.ts';
import { scannedTables } from './scanned-tables.ts';
import { isQueryFile, touchedPaths, touchesSharedCode } from './touched-paths.ts';

/**
 * The other queries of the target while one candidate is judged; and the case's own, as far as a fixer was shown it: it is compared
 * after writes and not timed.
 */
export class GuardWatch {
  readonly #context: LoopContext;
  readonly #patch: string;
  readonly #guards: readonly GuardQuery[];
  readonly #own: GuardQuery;
  #changed: ChangedDefinitions | undefined;

  constructor(
    context: LoopContext,
    request: { case: QueryCase; patch: string; guards: readonly GuardQuery[] },
  ) {
    this.#context = context;
    this.#patch = request.patch;
    const { query, sql, ordered, visible } = request.case;
    this.#own = { query, sql, ordered, params: visible.map(({ params }) => params) };
    this.#guards = request.guards;
  }

  /** Brings some of them to so many pairs; what was known of all, with that. */
  async look(
    known: readonly GuardEvidence[],
    arms: ArmPair,
    { queries, pairs }: { queries: readonly string[]; pairs: number },
  ): Promise<GuardEvidence[]> {
    const { signal } = this.#context;
    this.#changed ??= await changedDefinitions(arms.base.sql, arms.candidate.sql);
    const seen = new Map(known.map((one) => [one.query, one]));
    for (const guard of this.#guards.filter(({ query }) => queries.includes(query))) {
      const before = seen.get(guard.query);
      // The first look settles it.
      const touched = before === undefined && (await this.#isTouched(guard, arms, this.#changed));
      const options = { touched, known: before, pairs, signal };
      seen.set(guard.query, await checkGuard(guard, arms, options));
    }
    const { query } = this.#own;
    if (queries.includes(query))
      seen.set(query, {
        query,
        checked: 'unchanged-plan',
        rowsEqual: true,
        pairs: [],
        detail: 'its variants are timed',
        afterWrites: 'pending',
      });
    return [...seen.values()];
  }

  /** Changes what some of them read. The arms' data is another one after it. */
  async write(
    known: readonly GuardEvidence[],
    { base, candidate }: ArmPair,
    queries: readonly string[],
  ): Promise<GuardEvidence[]> {
    const { signal, target } = this.#context;
    const { staleness, commands } = target.config;
    const sameDatabase = this.#changed?.definitions.length === 0 && this.#changed.triggered.length === 0;
    const seen = new Map(known.map((one) => [one.query, one]));
    for (const guard of [...this.#guards, this.#own].filter(({ query }) => queries.includes(query))) {
      const one = seen.get(guard.query);
      if (!one) continue;
      signal.throwIfAborted();
      const request = { base, candidate, refresh: commands.refresh, signal };
      const lag = { stalenessS: forQuery(staleness, guard.query), sameDatabase };
      const found = await compareAfterWrites(guard, request, lag);
      seen.set(guard.query, { ...one, ...found, detail: found.detail || one.detail });
    }
    return [...seen.values()];
  }

  /** Whether the patch changes what a guard runs through: its file, code of all queries, views and functions, or triggers on its tables. */
  async #isTouched(
    { query, sql, params: [params = []] }: GuardQuery,
    { base }: ArmPair,
    { definitions, triggered }: ChangedDefinitions,
  ): Promise<boolean> {
    const { layout } = this.#context.target.config.target;
    if (touchesSharedCode(this.#patch, layout) || definitions.length > 0) return true;
    if (touchedPaths(this.#patch).some((file) => isQueryFile(file, query, layout.queries))) return true;
    if (triggered.length === 0) return false;
    const tables = await scannedTables(base.sql, sql, params);
    return tables.some(({ schema, name }) => triggered.includes(`${schema}.${name}`));
  }
}
