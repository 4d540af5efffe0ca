import { DBOS, type DLogger } from '@dbos-inc/dbos-sdk';
import { withMigrationLock } from './database.ts';

/**
 * Durable workflows: a body whose steps' results are kept in the database, so that the next process continues where a
 * killed one stopped. DBOS carries them; this file is all of it that the rest sees.
 *
 * - A body is deterministic: what reads a clock, chance, the disk or a container stands in a `step`.
 * - A step is at-least-once: a kill re-runs the steps in flight. Key every effect by `context.key` or by content.
 * - Arguments and results are JSON (dates, errors and big integers survive).
 * - Bodies are defined before `launchWorkflows`, since launching continues what a killed process left.
 */
export interface DurableWorkflow<Args extends unknown[], Result> {
  readonly name: string;
  /**
   * Starts the workflow of this id, or joins the one that runs, and returns its result. A finished one returns its
   * stored result without running; a failed one goes on from the step that failed, a cancelled one from where it was,
   * an unfinished one of another version from its beginning.
   */
  run(id: string, ...args: Args): Promise<Result>;
  /**
   * The same without waiting for the result. A body that runs several children at once starts them one after the
   * other, so that a replay numbers them alike, and then waits.
   */
  start(id: string, ...args: Args): Promise<{ result(): Promise<Result> }>;
}

export interface StepContext {
  /** `workflowId/number/name`: the same in every repetition of this step, and in no other. */
  key: string;
  /** Aborts when the workflow is cancelled: the body of a step is not stopped by that alone. */
  signal: AbortSignal;
}

/** Defines a workflow; the name is stored with its runs and must not change while some are unfinished. */
export function defineWorkflow<Args extends unknown[], Result>(
  name: string,
  body: (...args: Args) => Promise<Result>,
): DurableWorkflow<Args, Result> {
  const registered = DBOS.registerWorkflow(body, { name });
  const start = async (id: string, ...args: Args) => {
    const found = await DBOS.getWorkflowStatus(id);
    if (found === null) await DBOS.startWorkflow(registered, { workflowID: id })(...args);
    else await goOn(id, found.status, found.applicationVersion);
    return {
      result: () => DBOS.retrieveWorkflow<Promise<Result>>(id).getResult({ pollingIntervalMs: 200 }),
    };
  };
  return { name, start, run: async (id, ...args) => (await start(id, ...args)).result() };
}

async function goOn(id: string, status: string, version: string | undefined): Promise<void> {
  const { applicationVersion } = DBOS;
  if (status === 'SUCCESS') return;
  if (version !== applicationVersion) {
    // Nobody would continue it: its steps belong to other code.
    await DBOS.cancelWorkflow(id);
    await DBOS.rewindWorkflow(id, { applicationVersion });
  } else if (status === 'ERROR') {
    // A child that failed would fail its parent again: what it needs to go on comes first.
    for (const child of await DBOS.listWorkflows({ workflow_id_prefix: `${id}/`, status: 'ERROR' })) {
      await rewind(child.workflowID);
    }
    await rewind(id);
  } else if (status === 'CANCELLED' || status === 'MAX_RECOVERY_ATTEMPTS_EXCEEDED') {
    await DBOS.resumeWorkflow(id);
  }
}

async function rewind(id: string): Promise<void> {
  await DBOS.rewindWorkflow(id, { startStep: await failedStep(id) });
}

/** Where a failed workflow goes on: at the last step that failed, else after its last one. */
async function failedStep(id: string): Promise<number> {
  const steps = (await DBOS.listWorkflowSteps(id)) ?? [];
  const failed = steps.findLast((step) => step.error !== null);
  return failed?.functionID ?? (steps.at(-1)?.functionID ?? -1) + 1;
}

/** Runs a part of a workflow whose result is kept. Outside a workflow this is a mistake and throws. */
export function step<Result>(name: string, body: (context: StepContext) => Promise<Result>): Promise<Result> {
  return DBOS.runStep(
    () => {
      const signal = DBOS.stepStatus?.cancelSignal;
      if (signal === undefined) throw new Error(`the step ${name} runs outside a workflow`);
      return body({ key: `${DBOS.workflowID}/${DBOS.stepID}/${name}`, signal });
    },
    { name },
  );
}

/** Stops a workflow: its next step throws, the signal of the one that runs aborts. `run` of the same id goes on. */
export async function cancelWorkflow(id: string): Promise<void> {
  await DBOS.cancelWorkflow(id);
}

export interface LaunchOptions {
  /** State.databaseUrl. */
  databaseUrl: string;
  /** The target's name: workflows of other targets on the same server are left alone. */
  target: string;
  /**
   * Unfinished workflows are continued only by the same version. Raise it when a body's steps change so that old runs
   * cannot be replayed, not with every change of code: they then start over.
   */
  applicationVersion: string;
  /** Unfinished workflows of this executor are continued at launch; one process at a time may have it (see loop-lock.ts). */
  executorId: string;
  /** Warnings and errors of the engine. */
  warn: (message: string) => void;
}

/** Starts the engine in this process and continues what a killed process left unfinished. No port is opened. */
export async function launchWorkflows(options: LaunchOptions): Promise<AsyncDisposable> {
  const { databaseUrl, target, applicationVersion, executorId, warn } = options;
  const logger: DLogger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (entry) => warn(String(entry)),
    error: (entry) => warn(String(entry)),
  };
  DBOS.setConfig({
    name: `whetstone-${target}`,
    systemDatabaseUrl: databaseUrl,
    systemDatabaseSchemaName: 'dbos',
    applicationVersion,
    executorID: executorId,
    logger,
    // DBOS sets it by a query that overlaps the pool's first one, which pg deprecates.
    systemDatabaseIdleTransactionTimeoutMs: 0,
    enableOTLP: false,
    tracingEnabled: false,
  });
  // Two first launches at once deadlock in DBOS's own migrations.
  await withMigrationLock(databaseUrl, () => DBOS.launch());
  return { [Symbol.asyncDispose]: () => DBOS.shutdown() };
}
