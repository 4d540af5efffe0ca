import type { QueryCase } from '../../datasets/cases/case.ts';
import { readQueries } from '../admit/read-queries.ts';
import { type DurableWorkflow, defineWorkflow, step } from '../state/durable.ts';
import { digest } from '../target/export-target.ts';
import { attemptCase } from './attempt-case.ts';
import { type LoopContext, unlessInterrupted } from './context.ts';
import { defineFillMatrix, type FilledMatrix } from './fill-matrix.ts';
import { freezeAdmitted, freezeFrontier, frozenCases } from './freeze-cases.ts';
import { defineFrontierRun, type FrontierRequest, type FrontierRun } from './frontier-run.ts';
import { loopLanes, type RunInLane } from './lanes.ts';
import { mineAndRecord, miningArms } from './mine-pattern.ts';
import { hashSources, recordSources } from './read-sources.ts';
import { type LoopSummary, summarise } from './summarise.ts';

/** Raised when a body's steps change so that a loop of an older version cannot be continued. */
export const LOOP_VERSION = '1';

/** The same sources, base revision and configuration make the same loop: run again, it is found finished. */
export async function loopId(context: LoopContext): Promise<string> {
  const sources = await hashSources(context.target);
  const { images, target } = context;
  return `loop-${digest(LOOP_VERSION, target.name, images.revision, JSON.stringify([target.config, sources.map(({ sha256 }) => sha256)])).slice(0, 16)}`;
}

export interface Workflows {
  loop: DurableWorkflow<[string], LoopSummary>;
  frontierRun: DurableWorkflow<[string, FrontierRequest], FrontierRun>;
  fillMatrix: DurableWorkflow<[string, string[]], FilledMatrix>;
}

/** Registers the workflows of one process; call it before they are launched. */
export function defineWorkflows(context: LoopContext): Workflows {
  const { state, target } = context;
  const arms = miningArms(context);
  const alone = <T>(name: string, body: () => Promise<T>) =>
    step(name, () => unlessInterrupted(context, body));
  const lanes = loopLanes(context);
  const inLane: RunInLane = (name, body) => step(name, () => unlessInterrupted(context, () => lanes(body)));

  const mine = defineWorkflow('mine', (_loop: string, patternId: string) =>
    inLane('mine', async (lane) => {
      const pattern = (await state.patterns.list()).find(({ id }) => id === patternId);
      const { queries } = await readQueries(target, context.images.revision);
      const query = queries.find((one) => one.pattern === patternId);
      if (!pattern || !query) return null;
      const mined = await mineAndRecord(lane, arms, pattern, query);
      return mined.admitted ? mined.case : null;
    }),
  );

  const attempt = defineWorkflow('attempt', (loop: string, caseId: string) =>
    attemptCase(context, { run: loop, caseId, allow: target.config.allow, publish: true, inLane }),
  );

  const frontierRun = defineFrontierRun(context, inLane);

  const loopWorkflow = defineWorkflow('loop', async (loop: string) => {
    const started = await alone('begin', async () => {
      await state.loops.begin({
        id: loop,
        baseRevision: context.images.revision,
        configSha256: digest(JSON.stringify(target.config)),
      });
      return context.now().getTime();
    });

    const read = await alone('read-sources', async () => {
      const { queries } = await readQueries(target, context.images.revision);
      const { patterns, signals } = await recordSources(context, queries);
      return {
        signals,
        patterns: patterns.map(({ id, fingerprint, query }) => ({ id, fingerprint, query })),
      };
    });

    // Started one after the other, so that a replay numbers them alike; the lanes decide how many run.
    const mining: { result(): Promise<QueryCase | null> }[] = [];
    for (const { id } of read.patterns.filter(({ query }) => query !== null)) {
      mining.push(await mine.start(`${loop}/mine/${id}`, loop, id));
    }
    const admitted: QueryCase[] = [];
    for (const child of mining) {
      const queryCase = await child.result();
      if (queryCase) admitted.push(queryCase);
    }

    const dataset = await alone('freeze', async () => {
      await arms[Symbol.asyncDispose]();
      return freezeAdmitted(context, admitted);
    });
    const ids = dataset?.cases ?? [];
    const attempts: { result(): Promise<unknown> }[] = [];
    for (const id of ids) attempts.push(await attempt.start(`${loop}/attempt/${id}`, loop, id));
    for (const child of attempts) await child.result();

    const frontier = await alone('freeze-frontier', () => freezeFrontier(context, ids));
    return alone('finish', async () => {
      const cases = await frozenCases(context, ids);
      const refused = read.patterns.filter(({ query }) => query === null);
      const records = await state.cases.list('refused');
      const candidates = (await state.candidates.list()).filter(
        ({ submittedBy }) => submittedBy === `explorer ${loop}`,
      );
      const mineOnly = new Set(candidates.map(({ id }) => id));
      const summary = summarise({
        target: target.name,
        loop,
        revision: context.images.revision,
        signals: read.signals,
        patterns: read.patterns.length,
        refusals: [
          ...records.map(({ pattern, query, check, detail }) => ({
            pattern,
            query,
            check: check ?? '',
            detail,
          })),
          ...refused.map(({ id, fingerprint }) => ({
            pattern: id,
            query: null,
            check: 'unowned',
            detail: `no query of the target is ${fingerprint.slice(0, 80)}`,
          })),
        ],
        cases,
        cells: (await state.cells.list()).filter(({ caseId }) => ids.includes(caseId)),
        candidates,
        verdicts: (await state.candidates.verdicts()).filter(({ candidateId }) => mineOnly.has(candidateId)),
        pullRequests: await state.publications.pullRequests(),
        dataset: dataset ? { name: dataset.name, version: dataset.version, sha256: dataset.sha256 } : null,
        frontier: frontier
          ? { dataset: frontier.name, version: frontier.version, cases: frontier.cases.length }
          : null,
        frontierRun: null,
        wallMs: context.now().getTime() - started,
        trials: await state.trials.count(),
      });
      await state.loops.finish(loop, 'finished', summary);
      return summary;
    });
  });
  return { loop: loopWorkflow, frontierRun, fillMatrix: defineFillMatrix(context, inLane) };
}
