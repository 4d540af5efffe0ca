import { sha256 } from '../../datasets/sha256.ts';
import { holdoutOf } from '../gate/protocol/holdout.ts';
import type { LoopContext } from './context.ts';

/**
 * The number of a confirm stage on the case's holdout, charged to it. Measuring what was accepted once more has the number that it
 * was accepted at, and charges none.
 */
export async function numberAttempt(
  { state: { candidates } }: Pick<LoopContext, 'state'>,
  asked: { pattern: string } & Parameters<typeof holdoutOf>[0],
  { patch, run, remeasure = false }: { patch: string; run: string; remeasure?: boolean },
): Promise<number> {
  const { pattern } = asked;
  const holdout = holdoutOf(asked);
  const patchSha256 = sha256(patch);
  if (remeasure) return Math.max(1, await candidates.lastAttempt(pattern, { holdout, patchSha256 }));
  return candidates.chargeAttempt({ pattern, holdout, patchSha256, run });
}
