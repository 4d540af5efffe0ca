import { connectDatabase } from './database.ts';
import { openPostgres } from './postgres.ts';
import { candidateStore } from './stores/candidate-store.ts';
import { caseStore } from './stores/case-store.ts';
import { cellStore } from './stores/cell-store.ts';
import { loopStore } from './stores/loop-store.ts';
import { observationStore } from './stores/observation-store.ts';
import { patternStore } from './stores/pattern-store.ts';
import { publicationStore } from './stores/publication-store.ts';
import { trialStore } from './stores/trial-store.ts';

export interface OpenStateOptions {
  /** From stateDirectory(). */
  stateDirectory: string;
  /** DATABASE_URL: a PostgreSQL server in place of the embedded one. */
  databaseUrl?: string;
  /** The target's name: all that the stores read and write belongs to it. */
  target: string;
  progress: (message: string) => void;
  signal: AbortSignal;
}

export type State = Awaited<ReturnType<typeof openState>>;

/**
 * Opens what happened so far: starts or finds the database, brings its schema up to date.
 * Throws Fault where the database cannot be made, started, reached or read by this version.
 */
export async function openState({ stateDirectory, databaseUrl, target, progress, signal }: OpenStateOptions) {
  const postgres = databaseUrl ? undefined : await openPostgres(stateDirectory, { progress, signal });
  const url = postgres?.url ?? databaseUrl ?? '';
  const { db, pool } = await connectDatabase(url).catch(async (error: unknown) => {
    await postgres?.close();
    throw error;
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= pool.end().then(() => postgres?.close());
    return closing;
  };
  return {
    stateDirectory,
    databaseUrl: url,
    target,
    patterns: patternStore(db, target),
    cases: caseStore(db, target),
    cells: cellStore(db, target),
    candidates: candidateStore(db, target),
    trials: trialStore(db, target),
    observations: observationStore(db, target),
    publications: publicationStore(db, target),
    loops: loopStore(db, target),
    /** Ends the connections, and the embedded server when nobody else uses it. */
    close,
    [Symbol.asyncDispose]: close,
  };
}
