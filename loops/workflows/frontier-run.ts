import { z } from 'zod';
import { PlanKind } from '../../datasets/cases/plan-kind.ts';
import { type DurableWorkflow, defineWorkflow } from '../state/durable.ts';
import { type AttemptOutcome, attemptCase } from './attempt-case.ts';
import type { LoopContext } from './context.ts';
import type { RunInLane } from './lanes.ts';

export const FrontierRun = z.strictObject({
  with: z.array(PlanKind),
  cases: z.array(
    z.strictObject({
      id: z.string(),
      fell: z.boolean(),
      plan: z.string().nullable(),
      speedup: z.number().nullable(),
      detail: z.string(),
    }),
  ),
});
export type FrontierRun = z.infer<typeof FrontierRun>;

export interface FrontierRequest {
  /** Version of the frontier's dataset. */
  version: number;
  cases: string[];
  /** Kinds that the explorer may use besides those of the configuration. */
  with: PlanKind[];
}

/** The explorer at every frontier case once more, with more allowed; what is accepted falls, but is not published. */
export function defineFrontierRun(
  context: LoopContext,
  inLane: RunInLane,
): DurableWorkflow<[string, FrontierRequest], FrontierRun> {
  const { state, target } = context;
  const reattempt = defineWorkflow('reattempt', (run: string, caseId: string, extra: PlanKind[]) =>
    attemptCase(context, {
      run,
      caseId,
      allow: [...new Set([...target.config.allow, ...extra])],
      added: extra.filter((kind) => !target.config.allow.includes(kind)),
      publish: false,
      inLane,
    }),
  );
  return defineWorkflow('frontier-run', async (run: string, request: FrontierRequest) => {
    const children: { id: string; child: { result(): Promise<AttemptOutcome> } }[] = [];
    for (const id of request.cases) {
      children.push({ id, child: await reattempt.start(`${run}/${id}`, run, id, request.with) });
    }
    const cases: FrontierRun['cases'] = [];
    for (const { id, child } of children) {
      const { accepted, detail } = await child.result();
      cases.push({
        id,
        fell: accepted !== null,
        plan: accepted?.label ?? null,
        speedup: accepted?.speedup ?? null,
        detail,
      });
    }
    await inLane('record', async () => {
      for (const { id, fell, detail } of cases) {
        await state.publications.setFrontierOutcome(
          request.version,
          id,
          fell ? 'fell' : detail.slice(0, 500),
        );
      }
    });
    return { with: request.with, cases };
  });
}
