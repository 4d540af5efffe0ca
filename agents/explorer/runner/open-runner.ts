import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { runInEnvironment } from '../run-in-environment.ts';
import type { ToolCalls } from '../tool-calls.ts';
import { BaseFinding, PlanFinding, ScreenFinding } from './job.ts';

/** Copied into the environment; the first two are started there. */
const SCRIPTS = ['plan-runner.mjs', 'module-runner.mjs', 'kept-indexes.mjs', 'row-digest.mjs'] as const;
const scriptPath = (name: (typeof SCRIPTS)[number]) => `/tmp/${name}`;
/** What a node process and the connection take before the job's own clock starts, with a wide margin. */
const START_MS = 15_000;
const VALUE_MS = 30_000;

interface Trial {
  id: string;
  ddl: string[];
  sql: string;
  /** Source of a module that answers instead of the SQL. */
  module: string | null;
  /** Give up on a plan whose new index or table the planner leaves alone. */
  mustUse: boolean;
  /** Digests of rows that were compared on the host and found equal. */
  accept: string[];
}

interface TrialJob {
  plans: Trial[];
  paramSets: (string | null)[][];
  /** Digest of the reference's rows, one for each parameter set. */
  digests: string[];
  ordered: boolean;
  /** A plan whose second run takes over 3× this, or over 3× `floorMs` if that is more, is given up. */
  bestMs: number | null;
  floorMs: number;
  /** A plan whose second run takes longer gets no third; null where each plan gets all its runs. */
  reachMs: number | null;
  /** Longest single run, milliseconds. */
  cutMs: number;
  buildLimitMs: number;
  /** No plan starts after this time. */
  deadlineMs: number;
  /** Runs of each parameter set, the first included. */
  runs: number;
  /** A run that reaches `cutMs` does not end its plan. */
  pastCuts: boolean;
}

interface BaseJob {
  sql: string;
  /** Indexes to answer with. */
  ddl: string[];
  buildLimitMs: number;
  paramSets: (string | null)[][];
  ordered: boolean;
  limitMs: number;
  runs: number;
  repeatWithinMs: number;
}

export interface ScreenJob {
  plans: { id: string; sql: string; indexes: string[] }[];
  paramSets: (string | null)[][];
  limitMs: number;
}

/** Tries plans inside an environment: a batch is one process, and each plan one transaction that is rolled back (see plan-runner.mjs). */
export interface Runner {
  /** The one JSON value that a statement gives. */
  value<T>(shape: z.ZodType<T>, sql: string, params: unknown[]): Promise<T>;
  /** PostgreSQL's types of `$1`…, as format_type names them. */
  paramTypes(sql: string): Promise<string[]>;
  base(job: BaseJob): Promise<BaseFinding[]>;
  screen(job: ScreenJob): Promise<ScreenFinding[]>;
  plans(job: TrialJob): Promise<PlanFinding[]>;
}

export async function openRunner(tools: ToolCalls, env: string): Promise<Runner> {
  for (const name of SCRIPTS) {
    const content = await readFile(new URL(`./${name}`, import.meta.url), 'utf8');
    await tools.env_write_file({ env, path: scriptPath(name), content });
  }
  const runModule = (job: TrialJob & { id: string; source: string | null; accept: string[] }) =>
    run(PlanFinding, job, START_MS + longestPlanMs(job), [
      'node',
      '--import',
      'tsx',
      scriptPath('module-runner.mjs'),
    ]);
  const run = async <T>(
    finding: z.ZodType<T>,
    job: object,
    timeoutMs: number,
    command = ['node', scriptPath('plan-runner.mjs')],
  ): Promise<T[]> => {
    const output = await runInEnvironment(tools, {
      env,
      command,
      stdin: JSON.stringify(job),
      timeoutMs,
      cwd: '/target',
    });
    return output.split('\n').flatMap((line) => (line === '' ? [] : [finding.parse(JSON.parse(line))]));
  };
  return {
    value: async (shape, sql, params) => {
      const [value] = await run(shape, { mode: 'value', sql, params }, VALUE_MS);
      if (value === undefined) throw new Error('The runner gave no value');
      return value;
    },
    paramTypes: async (sql) => (await run(z.array(z.string()), { mode: 'types', sql }, VALUE_MS))[0] ?? [],
    base: (job) =>
      run(
        BaseFinding,
        { mode: 'base', ...job },
        START_MS + job.buildLimitMs + job.paramSets.length * (job.limitMs + job.repeatWithinMs),
      ),
    screen: (job) => run(ScreenFinding, { mode: 'screen', ...job }, START_MS + 60_000),
    async plans(job) {
      const started = Date.now();
      const found: PlanFinding[] = [];
      const inside = job.plans.filter(({ module }) => module === null);
      if (inside.length > 0) {
        found.push(
          ...(await run(
            PlanFinding,
            { mode: 'plans', ...job, plans: inside },
            START_MS + job.deadlineMs + longestPlanMs(job),
          )),
        );
      }
      // A module is a process of its own: engines keep memory, threads and caches.
      for (const { id, module: source, accept } of job.plans.filter(({ module }) => module !== null)) {
        const late = Date.now() - started > job.deadlineMs;
        found.push(
          ...(late
            ? [PlanFinding.parse({ id, state: 'unstarted' })]
            : await runModule({ ...job, id, source, accept, plans: [] })),
        );
      }
      return found;
    },
  };
}

/** The plan that starts just before the deadline still has its own limits. */
function longestPlanMs({ buildLimitMs, cutMs, paramSets, runs }: TrialJob): number {
  return 2 * buildLimitMs + cutMs * paramSets.length * runs;
}
