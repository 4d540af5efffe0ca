import { readDataset } from '../datasets/cases/dataset.ts';
import type { PlanKind } from '../datasets/cases/plan-kind.ts';
import { launchWorkflows } from '../loops/state/durable.ts';
import { holdLoopLock } from '../loops/state/loop-lock.ts';
import { digest } from '../loops/target/export-target.ts';
import { removeAbandonedArms } from '../loops/target/images.ts';
import type { LoopContext } from '../loops/workflows/context.ts';
import { frontierRoot } from '../loops/workflows/freeze-cases.ts';
import { defineWorkflows, LOOP_VERSION, loopId, type Workflows } from '../loops/workflows/loop.ts';
import { hashSources } from '../loops/workflows/read-sources.ts';
import type { LoopSummary } from '../loops/workflows/summarise.ts';
import type { CommandContext } from './define-command.ts';
import { openLoop, type Workspace } from './open-workspace.ts';

/** How long workflows that were told to stop may take before the process ends without them. */
const STOP_MS = 3_000;

/**
 * Runs the loop once, or goes on with one that was interrupted; then asks its frontier anew where `frontierWith` names
 * kinds of change. Sources, base and configuration that a finished loop has seen give its ledger at once, with `fresh`
 * false.
 */
export async function runLoop(
  workspace: Workspace,
  context: CommandContext,
  { frontierWith }: { frontierWith: PlanKind[] },
): Promise<LoopSummary> {
  const latest = await workspace.state.loops.latest('finished');
  // A log that is not there is told before minutes go into images.
  await hashSources(workspace.target);
  return withWorkflows(workspace, context, async ({ loop, frontierRun }, loopContext) => {
    const id = await loopId(loopContext);
    const summary = { ...(await loop.run(id, id)), fresh: latest?.id !== id };
    if (summary.frontier === null || frontierWith.length === 0) return summary;
    const { version } = summary.frontier;
    const run = `${id}/frontier with ${frontierWith.join('+')}`;
    const cases = await frontierCases(loopContext, version);
    return {
      ...summary,
      frontierRun: await frontierRun.run(run, run, { version, cases, with: frontierWith }),
    };
  });
}

async function frontierCases({ target }: LoopContext, version: number): Promise<string[]> {
  return (await readDataset(frontierRoot(target.datasets), version)).cases.map(({ id }) => id);
}

/** The workflows of this process, launched, while `body` runs; one process at a time has those of a target. */
export async function withWorkflows<T>(
  workspace: Workspace,
  context: CommandContext,
  body: (workflows: Workflows, loop: LoopContext) => Promise<T>,
): Promise<T> {
  const { state, target } = workspace;
  await using _lock = await holdLoopLock(state);
  const loop = await openLoop(workspace, context);
  await removeAbandonedArms(loop.engine, target, loop.now());
  const workflows = defineWorkflows(loop);
  const engine = await launchWorkflows({
    databaseUrl: state.databaseUrl,
    target: target.name,
    // What was left unfinished on another base or configuration is not continued: its facts are no longer these.
    applicationVersion: digest(LOOP_VERSION, loop.images.revision, JSON.stringify(target.config)).slice(
      0,
      16,
    ),
    executorId: 'local',
    warn: context.verbose ? context.progress : () => {},
  });
  try {
    // An interrupted step stays open on purpose (see unlessInterrupted), so the wait must end by itself.
    const interrupted = new Promise<never>((_, reject) => {
      const stop = () => reject(context.signal.reason);
      if (context.signal.aborted) stop();
      else context.signal.addEventListener('abort', stop, { once: true });
    });
    return await Promise.race([body(workflows, loop), interrupted]);
  } finally {
    await Promise.race([
      engine[Symbol.asyncDispose](),
      new Promise((done) => setTimeout(done, STOP_MS).unref()),
    ]);
  }
}
