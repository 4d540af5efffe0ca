import { Fault } from '../../datasets/fault.ts';
import type { Sandbox } from '../../sandboxes/containers/sandbox.ts';
import type { Engine } from '../../sandboxes/engine/engine.ts';
import { addPackages } from '../../sandboxes/images/add-packages.ts';
import { bakeImage } from '../../sandboxes/images/bake-image.ts';
import { ensureImage } from '../../sandboxes/images/ensure-image.ts';
import { listImages } from '../../sandboxes/images/list-images.ts';
import { postgres15 } from '../../sandboxes/images/postgres-15.ts';
import { removeImage } from '../../sandboxes/reap.ts';
import { startPostgres } from './arm.ts';
import { digest, exportTarget, type TargetExport } from './export-target.ts';
import { applyPatch, lastLines, layTarget, mustRun, PatchDoesNotApply } from './lay-target.ts';
import type { Target } from './load-target.ts';
import { ANALYZE_NEW, SHUFFLE } from './maintenance-sql.ts';

const DATA_TIMEOUT_MS = 15 * 60_000;
const STEP_TIMEOUT_MS = 5 * 60_000;

export interface ImageOptions {
  progress: (line: string) => void;
  signal: AbortSignal;
}

/** The images that every arm of a revision stands on. */
export interface BaseImages {
  revision: string;
  export: TargetExport;
  /** PostgreSQL, packages and rows. */
  data: string;
  /** `data` with the base revision migrated and refreshed. */
  base: string;
  /** `base` with every table's rows in another physical order. */
  shuffled: string;
}

/** Makes, or finds, the data image of a revision and its base arm. */
export async function ensureBaseImages(
  engine: Engine,
  target: Target,
  options: ImageOptions & { revision?: string },
): Promise<BaseImages> {
  const exported = await exportTarget(target.path, options.revision ?? target.config.target.base);
  const data = await ensureDataImage(engine, target, exported, options);
  const arm = await buildArm(engine, target, data, exported, null, options);
  if ('failed' in arm) {
    throw new Fault(
      'base-broken',
      `the base revision of ${target.name} fails in ${arm.failed}: ${arm.detail}`,
      {
        hint: 'the target must migrate and refresh on its own data before anything can be measured',
      },
    );
  }
  const shuffled = await ensureShuffledImage(engine, target, arm.image, options);
  return {
    revision: exported.revision,
    export: exported,
    data,
    base: arm.image,
    shuffled,
  };
}

async function ensureDataImage(
  engine: Engine,
  target: Target,
  exported: TargetExport,
  options: ImageOptions,
): Promise<string> {
  const { environment } = target.config;
  const recipe = await ensureImage(engine, postgres15, options);
  const packages = await addPackages(engine, { from: recipe, packages: environment.packages, ...options });
  // Below /target, which the arms replace: what only the data script needs is gone at run time.
  const withData = await addPackages(engine, {
    from: packages,
    packages: environment.dataPackages,
    path: '/target/node_modules',
    ...options,
  });
  const { image } = await bakeImage(
    engine,
    {
      name: `${target.name}-data`,
      from: withData,
      key: digest(exported.tree, JSON.stringify(environment), packages),
      network: 'none',
      timeoutMs: DATA_TIMEOUT_MS,
      ...options,
    },
    async (sandbox) => {
      options.progress(`loading the data of ${target.name}`);
      await sandbox.upload('/target', exported.tar);
      await startPostgres(sandbox, options.signal);
      const load = await sandbox.exec(environment.data, {
        cwd: '/target',
        timeoutMs: DATA_TIMEOUT_MS,
        signal: options.signal,
      });
      if (load.exitCode !== 0) {
        throw new Fault(
          'data-failed',
          `${target.configPath}: environment.data: \`${environment.data.join(' ')}\` ended with ${load.exitCode ?? load.outcome}: ${lastLines(load)}`,
          {
            hint: 'the command runs in the target with PostgreSQL up and no network; make it work there',
          },
        );
      }
      await mustRun(sandbox, ['psql', '-qXc', 'VACUUM (FREEZE, ANALYZE)'], options.signal);
      await mustRun(sandbox, ['pg-down'], options.signal);
      await layTarget(sandbox, exported, options.signal);
    },
  );
  return image;
}

/** After this long an arm that nobody removed belongs to a process that was killed. */
const ABANDONED_MS = 60 * 60_000;

const armName = (target: Target): string => `${target.name}-arm`;

/** Removes a candidate's image: it can be built again, and its copies of the tables take much disk. */
export async function removeArm(engine: Engine, image: string): Promise<void> {
  await removeImage(engine, image);
}

/** Removes candidates' images that killed processes left behind. */
export async function removeAbandonedArms(engine: Engine, target: Target, now: Date): Promise<void> {
  for (const { tag, createdAt } of await listImages(engine, engine.owner)) {
    const abandoned = now.getTime() - createdAt > ABANDONED_MS;
    if (abandoned && tag.startsWith(`whetstone/${armName(target)}:`)) await removeImage(engine, tag);
  }
}

type ArmStage = 'apply' | 'build' | 'migrate' | 'refresh';

export type BuiltArm =
  | { image: string; buildMs: number; refreshMs: number }
  | { failed: ArmStage; detail: string };

/** A candidate's own step failed: a fact about the patch, not about the machine. */
class ArmStepFailed extends Error {
  readonly stage: Exclude<ArmStage, 'apply'>;
  constructor(stage: Exclude<ArmStage, 'apply'>, detail: string) {
    super(detail);
    this.stage = stage;
  }
}

/**
 * The image of one arm: data, the one-commit export, the patch (null: none), built, migrated, refreshed, analysed, stopped.
 * What the patch's own commands do wrong comes back as a value.
 */
export async function buildArm(
  engine: Engine,
  target: Target,
  data: string,
  exported: TargetExport,
  patch: string | null,
  options: ImageOptions,
): Promise<BuiltArm> {
  const { commands } = target.config;
  let refreshMs = 0;
  let buildMs = 0;
  try {
    const baked = await bakeImage(
      engine,
      {
        name: patch === null ? `${target.name}-base` : armName(target),
        from: data,
        key: digest(exported.tree, patch ?? '', JSON.stringify(commands)),
        network: 'none',
        timeoutMs: STEP_TIMEOUT_MS * 3,
        ...options,
      },
      async (sandbox) => {
        await layTarget(sandbox, exported, options.signal);
        if (patch !== null) await applyPatch(sandbox, patch, options.signal);
        if (commands.build) await step(sandbox, 'build', commands.build, options.signal);
        await startPostgres(sandbox, options.signal);
        const started = performance.now();
        await step(sandbox, 'migrate', commands.migrate, options.signal);
        buildMs = performance.now() - started;
        if (commands.refresh) {
          const before = performance.now();
          await step(sandbox, 'refresh', commands.refresh, options.signal);
          refreshMs = performance.now() - before;
        }
        await mustRun(sandbox, ['psql', '-qXv', 'ON_ERROR_STOP=1', '-c', ANALYZE_NEW], options.signal);
        await mustRun(sandbox, ['pg-down'], options.signal);
      },
    );
    return { image: baked.image, buildMs, refreshMs };
  } catch (error) {
    if (error instanceof ArmStepFailed) return { failed: error.stage, detail: error.message };
    if (error instanceof PatchDoesNotApply) return { failed: 'apply', detail: error.message };
    throw error;
  }
}

async function step(
  sandbox: Sandbox,
  stage: Exclude<ArmStage, 'apply'>,
  command: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const result = await sandbox.exec(command, { cwd: '/target', timeoutMs: STEP_TIMEOUT_MS, signal });
  if (result.exitCode !== 0)
    throw new ArmStepFailed(stage, `${result.outcome}, exit code ${result.exitCode}: ${lastLines(result)}`);
}

/** The base arm with every table's rows in another physical order: what depends on it shows itself there. */
async function ensureShuffledImage(
  engine: Engine,
  target: Target,
  base: string,
  options: ImageOptions,
): Promise<string> {
  const { image } = await bakeImage(
    engine,
    {
      name: `${target.name}-shuffled`,
      from: base,
      key: digest(SHUFFLE),
      network: 'none',
      timeoutMs: DATA_TIMEOUT_MS,
      ...options,
    },
    async (sandbox) => {
      options.progress(`shuffling the rows of ${target.name} for the order check`);
      await startPostgres(sandbox, options.signal);
      await mustRun(sandbox, ['psql', '-qXv', 'ON_ERROR_STOP=1', '-c', SHUFFLE], options.signal);
      await mustRun(sandbox, ['psql', '-qXc', 'VACUUM (ANALYZE)'], options.signal);
      await mustRun(sandbox, ['pg-down'], options.signal);
    },
  );
  return image;
}
