import { Fault } from '../../datasets/fault.ts';
import type { Sandbox } from '../../sandboxes/containers/sandbox.ts';
import type { Engine } from '../../sandboxes/engine/engine.ts';
import { addPackages } from '../../sandboxes/images/add-packages.ts';
import { bakeImage } from '../../sandboxes/images/bake-image.ts';
import { ensureImage } from '../../sandboxes/images/ensure-image.ts';
import { node } from '../../sandboxes/images/node.ts';
import { touchedPaths } from '../verify/touched-paths.ts';
import { digest, exportTarget, type TargetExport } from './export-target.ts';
import { type ImageOptions, removeArm } from './images.ts';
import { applyPatch, layTarget, mustRun, PatchDoesNotApply } from './lay-target.ts';
import type { CodeTarget } from './load-target.ts';
import { sourceMatcher } from './source-matcher.ts';
import { addSeparateFiles, ensureTestsImage } from './tests-image.ts';

/** What every arm of a revision of a code target stands on. */
export interface CodeImages {
  revision: string;
  export: TargetExport;
  /** Node, the target's packages, and what tests and code talk to each other by where they are apart. */
  packages: string;
  /** `packages` with the base revision in /target. */
  base: string;
  /** Where the tests run when they are apart from the code; else that is the arm itself. */
  tests: string | null;
}

const LAY_TIMEOUT_MS = 5 * 60_000;

/** Makes, or finds, the images of a revision; by default of the configuration's base. */
export async function ensureCodeImages(
  engine: Engine,
  target: CodeTarget,
  options: ImageOptions & { revision?: string },
): Promise<CodeImages> {
  const exported = await exportTarget(target.path, options.revision ?? target.config.target.base);
  const recipe = await ensureImage(engine, node, options);
  const { packages: wanted } = target.config.environment;
  const installed = await addPackages(engine, { from: recipe, packages: wanted, ...options });
  const apart = target.config.tests.separate !== 'none';
  const packages = apart ? await addSeparateFiles(engine, installed, options) : installed;
  const built = await buildCodeArm(engine, target, { packages, export: exported }, null, options);
  if ('failed' in built) {
    throw new Fault(
      'base-broken',
      `the base revision of ${target.name} cannot be laid out: ${built.failed}`,
      {
        hint: 'look at the repository with `git fsck`',
      },
    );
  }
  const tests = apart ? await ensureTestsImage(engine, target, { from: packages, exported }, options) : null;
  return { revision: exported.revision, export: exported, packages, base: built.image, tests };
}

/** The image of one arm: packages, the one-commit export and what the patch does to the code under test. `failed`: the patch does not apply, and why. */
export async function buildCodeArm(
  engine: Engine,
  target: CodeTarget,
  images: Pick<CodeImages, 'packages' | 'export'>,
  patch: string | null,
  options: ImageOptions,
): Promise<{ image: string } | { failed: string }> {
  try {
    return await bakeImage(
      engine,
      {
        name: patch === null ? `${target.name}-base` : `${target.name}-arm`,
        from: images.packages,
        key: digest(images.export.tree, patch ?? ''),
        network: 'none',
        timeoutMs: LAY_TIMEOUT_MS,
        ...options,
      },
      async (sandbox) => {
        await layTarget(sandbox, images.export, options.signal);
        if (patch === null) return;
        await applyPatch(sandbox, patch, options.signal);
        await restoreDecisive(sandbox, target, patch, options.signal);
      },
    );
  } catch (error) {
    if (error instanceof PatchDoesNotApply) return { failed: error.message };
    throw error;
  }
}

/** Removes the image of an arm. A patch that changes nothing of the code is the base, whose image stays. */
export async function removeCodeArm(engine: Engine, { base }: CodeImages, image: string): Promise<void> {
  if (image !== base) await removeArm(engine, image);
}

/** Puts back what decides: of a patch, only what it does to the code under test is run. */
async function restoreDecisive(
  sandbox: Sandbox,
  target: CodeTarget,
  patch: string,
  signal: AbortSignal,
): Promise<void> {
  const isSource = sourceMatcher(target);
  const others = touchedPaths(patch).filter((file) => !isSource(file));
  if (others.length === 0) return;
  const script =
    'for file; do rm -rf -- "$file" && { git checkout -q HEAD -- "$file" 2> /dev/null || true; }; done';
  await mustRun(sandbox, ['sh', '-c', script, 'sh', ...others], signal);
}
