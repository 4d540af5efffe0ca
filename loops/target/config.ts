import { z } from 'zod';
import { PlanKind } from '../../datasets/cases/plan-kind.ts';
import { limits } from '../../sandboxes/limits.ts';
import { GatePolicy } from '../gate/policy.ts';

export const Command = z.array(z.string().min(1)).min(1);
export const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes, starting with a letter');

const perQuery = <T extends z.ZodType>(one: T) =>
  z.union([one, z.strictObject({ default: one, queries: z.record(z.string(), one) })]);

export const Objective = z.strictObject({ ms: z.number().positive() });
export type Objective = z.infer<typeof Objective>;

/** What the images of a target may take of the engine's disk. */
export const Images = z.strictObject({
  /** Bytes; above it, those unused for longest are removed, and none that is in use. */
  budgetBytes: z.number().positive().default(limits.keeping.budgetBytes),
});

/** Where a target lies, where its branches go, and what a patch may touch. */
export const Placement = z.strictObject({
  /** The git repository, relative to the configuration file. */
  path: z.string().default('.'),
  /** The branch that candidates start from. */
  base: z.string().default('main'),
  /** Where accepted branches are pushed: a path or URL of a bare repository. */
  remote: z.string(),
  /** Globs that a patch may touch. */
  allowed: z.array(z.string()).default(['**']),
  /** Globs that a patch must not change; new files under the tests are allowed. */
  protected: z
    .array(z.string())
    .default(['whetstone.config.ts', 'whetstone/**', 'test/**', 'tests/**', '**/*.test.*']),
});
export type Placement = z.infer<typeof Placement>;

/** What sandboxes run in, of what the engine has. */
export const SandboxChoice = z.strictObject({
  /** A runtime that `docker info` lists, such as `runsc`; the engine's default where it is not given. */
  runtime: z.string().min(1).optional(),
});

/** All that Whetstone knows of a target; `whetstone.config.ts` exports one through `defineConfig`. */
export const TargetConfig = z.strictObject({
  name: Name,
  /** `code`: see code-config.ts. */
  domain: z.literal('slow-queries').default('slow-queries'),
  target: z.strictObject({
    ...Placement.shape,
    /** Folders of a target that keeps its SQL in files. */
    layout: z
      .strictObject({
        queries: z.string().default('queries'),
        migrations: z.string().default('migrations'),
        refresh: z.string().default('refresh'),
      })
      .default({ queries: 'queries', migrations: 'migrations', refresh: 'refresh' }),
  }),
  /** Folder of the datasets' repository, relative to the configuration file; by default `<name>-datasets` beside the target. */
  datasets: z.string().optional(),
  /** Slow-query logs, outside the target's tree; globs relative to the configuration file. */
  sources: z
    .array(
      z.strictObject({
        path: z.string(),
        format: z.enum(['auto', 'postgres-stderr', 'postgres-csv', 'postgres-json']).default('auto'),
      }),
    )
    .min(1),
  environment: z.strictObject({
    /** What the sandbox image stands on. */
    recipe: z.literal('postgres-15').default('postgres-15'),
    /** npm packages in the data image's /node_modules: what the target and its candidates may import, pinned. */
    packages: z.record(z.string(), z.string()).default({}),
    /** npm packages that only the data script needs; not there at run time. */
    dataPackages: z.record(z.string(), z.string()).default({}),
    /** Run once, in a container with PostgreSQL up and no network, in the target's root: creates schema and rows. */
    data: Command,
  }),
  commands: z.strictObject({
    /** Compiles what the other commands run; without a network, in each arm before anything else. */
    build: Command.optional(),
    migrate: Command,
    refresh: Command.optional(),
    test: Command.optional(),
    serve: Command,
  }),
  sandbox: SandboxChoice.optional(),
  objective: perQuery(Objective),
  /** Seconds that a derived copy may lag behind, for all queries or one each. */
  staleness: perQuery(z.number().min(0)).default(0),
  allow: z.array(PlanKind).default(['index', 'rewrite']),
  budgets: z
    .strictObject({
      /** Confirm stages a pattern may use up in one loop. */
      attemptsPerPattern: z.int().positive().default(3),
      /** The most that a candidate may slow a write down: candidate ÷ base. */
      writeSlowdown: z.number().min(1).default(2),
      /** The most extra disk a candidate may take, bytes. */
      storageBytes: z
        .number()
        .positive()
        .default(2 ** 30),
    })
    .default({ attemptsPerPattern: 3, writeSlowdown: 2, storageBytes: 2 ** 30 }),
  images: Images.prefault({}),
  /** Levels and limits of a verdict; what a candidate may cost is in `budgets`. */
  gate: GatePolicy.omit({ writeSlowdown: true, storageBytes: true }).prefault({}),
});
export type TargetConfig = z.infer<typeof TargetConfig>;

/** The value that holds for one query where a setting is one for all or one each. */
export function forQuery<T>(setting: T | { default: T; queries: Record<string, T> }, query: string): T {
  if (typeof setting === 'object' && setting !== null && 'queries' in setting) {
    return setting.queries[query] ?? setting.default;
  }
  return setting as T;
}
