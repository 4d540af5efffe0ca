import { PlanKind } from '../../datasets/cases/plan-kind.ts';
import { type DurableWorkflow, defineWorkflow } from '../state/durable.ts';
import type { LoopContext } from './context.ts';
import { explore } from './explore.ts';
import { frozenCases } from './freeze-cases.ts';
import type { RunInLane } from './lanes.ts';

/** How many cells each case has in the end. */
export type FilledMatrix = { case: string; cells: number }[];

/**
 * Every cell of the matrix, also of kinds that the configuration does not allow. Cells that are there already are not
 * measured again, so that an interrupted run goes on where it was.
 */
export function defineFillMatrix(
  context: LoopContext,
  inLane: RunInLane,
): DurableWorkflow<[string, string[]], FilledMatrix> {
  const { state, progress } = context;
  return defineWorkflow('fill-matrix', async (run: string, ids: string[]) => {
    const filled: FilledMatrix = [];
    for (const id of ids) {
      filled.push(
        await inLane(`fill ${id}`, async (lane) => {
          const [queryCase] = await frozenCases(context, [id]);
          if (!queryCase) return { case: id, cells: 0 };
          const known = (await state.cells.list(id)).map(({ caseId, planId, ...cell }) => ({
            ...cell,
            case: caseId,
            plan: planId,
          }));
          progress(`${queryCase.query}: every plan of every kind, ${known.length} are known`);
          const { cells } = await explore(lane, queryCase, {
            allow: PlanKind.options,
            exhaustive: true,
            known,
            key: run,
          });
          progress(`${queryCase.query}: ${cells.length} cells`);
          return { case: id, cells: cells.length };
        }),
      );
    }
    return filled;
  });
}
