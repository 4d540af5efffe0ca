import { Fault } from '../../../datasets/fault.ts';
import { buildCodeArm, removeCodeArm } from '../../target/code-images.ts';
import type { CodeContext } from '../../workflows/code-context.ts';

/**
 * Uses an arm of a patch, and removes it. An empty patch is the base itself.
 *
 * @throws Fault `oracle-does-not-apply`
 */
export async function withArm<T>(
  { engine, target, images, progress, signal }: CodeContext,
  patch: string,
  use: (code: string) => Promise<T>,
): Promise<T> {
  if (patch === '') return use(images.base);
  const built = await buildCodeArm(engine, target, images, patch, { progress, signal });
  if ('failed' in built) {
    throw new Fault('oracle-does-not-apply', `An oracle does not apply to the base: ${built.failed}`, {
      hint: 'write it with `git diff` against the base that the configuration names',
    });
  }
  try {
    return await use(built.image);
  } finally {
    await removeCodeArm(engine, images, built.image);
  }
}
