import { EXPLORATION_LIMITS, type Exploration } from '../../agents/explorer/exploration.ts';
import { exploreCase } from '../../agents/explorer/explore-case.ts';
import type { Cell } from '../../agents/explorer/plan.ts';
import type { ToolCalls } from '../../agents/explorer/tool-calls.ts';
import type { QueryCase } from '../../datasets/cases/case.ts';
import type { PlanKind } from '../../datasets/cases/plan-kind.ts';
import { Fault } from '../../datasets/fault.ts';
import { openSandbox } from '../../sandboxes/containers/open-sandbox.ts';
import { callTool } from '../../tools/call-tool.ts';
import type { Principal, ToolContext } from '../../tools/define-tool.ts';
import { createEnvironments } from '../../tools/environments.ts';
import { tools } from '../../tools/index.ts';
import type { Services } from '../../tools/services.ts';
import { seededRandom } from '../gate/statistics/seeded-random.ts';
import { startPostgres } from '../target/arm.ts';
import { caseView } from './case-view.ts';
import type { LoopContext } from './context.ts';

const ENVIRONMENT_TTL_MS = 30 * 60_000;

/** Building several plans' indexes in one transaction needs more than a trial's memory. */
const ENVIRONMENT_MEMORY_BYTES = 2 * 2 ** 30;

/**
 * Sends the explorer at one case, through the tools and as a fixer. Cells go to the state as they come; candidates
 * wait there for the gate. `allow` is the configuration's unless a frontier run allows more.
 */
export async function explore(
  context: LoopContext,
  queryCase: QueryCase,
  options: { allow: readonly PlanKind[]; exhaustive?: boolean; known?: readonly Cell[]; key: string },
): Promise<Exploration> {
  const { engine, target, state, images, signal } = context;
  const by: Principal = { id: `explorer ${options.key}`, role: 'fixer' };
  const configured = new Set(target.config.allow);
  await using environments = createEnvironments(async (_case, abort) => {
    const sandbox = await openSandbox(engine, {
      image: images.base,
      profile: 'service',
      ttlMs: ENVIRONMENT_TTL_MS,
      memoryBytes: ENVIRONMENT_MEMORY_BYTES,
      purpose: `explore ${queryCase.query}`,
      signal: abort,
    });
    await startPostgres(sandbox, abort);
    return sandbox;
  });
  const services: Services = {
    environments,
    cases: {
      list: async () => [{ case: queryCase.id, query: queryCase.query, objectiveMs: queryCase.objectiveMs }],
      get: async (id) => {
        if (id !== queryCase.id) {
          throw new Fault('no-such-case', `there is no case ${id}`, {
            hint: 'case_list names the open cases',
          });
        }
        return caseView(queryCase, target, options.allow);
      },
    },
    candidates: {
      submit: async (submission, principal) => {
        const { id, isNew } = await state.candidates.submit({
          caseId: submission.case,
          pattern: queryCase.pattern,
          patch: submission.patch,
          kind: submission.kind,
          label: submission.label,
          planId: submission.planId,
          rationale: submission.rationale,
          submittedBy: principal.id,
        });
        return { candidate: id, state: isNew ? 'queued' : 'known' };
      },
    },
  };
  const toolContext: ToolContext = { principal: by, signal, progress: context.progress, services };
  const writes: Promise<void>[] = [];
  const exploration = await exploreCase({
    tools: inProcess(toolContext),
    caseId: queryCase.id,
    signal,
    random: seededRandom(1),
    limits: EXPLORATION_LIMITS,
    ...(options.exhaustive === undefined ? {} : { exhaustive: options.exhaustive }),
    ...(options.known === undefined ? {} : { known: options.known }),
    emit: (event) => {
      if (event.type !== 'cell') return;
      const { case: caseId, plan: planId, ...cell } = event.cell;
      writes.push(
        state.cells.save({
          caseId,
          planId,
          ...cell,
          fate: null,
          engine: null,
          allowed: configured.has(cell.kind),
        }),
      );
    },
  });
  await Promise.all(writes);
  return exploration;
}

/** The tool values as the explorer calls them: in this process, each call checked as any caller's is. */
function inProcess(context: ToolContext): ToolCalls {
  return {
    env_create: (input) => callTool(tools.env_create, input, context),
    env_exec: (input) => callTool(tools.env_exec, input, context),
    env_read_file: (input) => callTool(tools.env_read_file, input, context),
    env_write_file: (input) => callTool(tools.env_write_file, input, context),
    env_diff: (input) => callTool(tools.env_diff, input, context),
    env_destroy: (input) => callTool(tools.env_destroy, input, context),
    case_get: (input) => callTool(tools.case_get, input, context),
    candidate_submit: (input) => callTool(tools.candidate_submit, input, context),
  };
}
