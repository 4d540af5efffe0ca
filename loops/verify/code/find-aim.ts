import { type CodeCase, testsOf } from '../../../datasets/cases/code-case.ts';
import { checkPatch, type PatchRules } from '../../gate/check-patch.ts';
import { buildCodeArm, removeCodeArm } from '../../target/code-images.ts';
import type { CodeContext } from '../../workflows/code-context.ts';
import { runSuiteTogether } from './run-suite-together.ts';
import { outcomeOf } from './suite-run.ts';

/**
 * The case that a patch aims at: of whose failing tests it passes the largest share when they run beside the code. Undefined
 * where it passes none, or nothing of it is run. The arm's image is left for the verdict, which needs the same.
 */
export async function findAim(
  context: CodeContext,
  cases: readonly CodeCase[],
  { patch, rules }: { patch: string; rules: PatchRules },
): Promise<CodeCase | undefined> {
  if (checkPatch(patch, rules).length > 0) return undefined;
  const { engine, target, images, progress, signal } = context;
  const built = await buildCodeArm(engine, target, images, patch, { progress, signal });
  if ('failed' in built) return undefined;
  progress('looking for the case that the patch aims at');
  const run = await runSuiteTogether(context, { code: built.image, purpose: 'aim of a patch' }).catch(
    async (error: unknown) => {
      await removeCodeArm(engine, images, built.image);
      throw error;
    },
  );
  const shares = cases.map((codeCase) => {
    const own = testsOf(codeCase);
    const passes = own.filter(({ id }) => outcomeOf(run, id) === 'passed').length;
    return { codeCase, passes, share: passes / own.length };
  });
  const [best] = shares.toSorted((a, b) => b.share - a.share || b.passes - a.passes);
  return best && best.passes > 0 ? best.codeCase : undefined;
}
