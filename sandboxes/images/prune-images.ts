import type { Engine } from '../engine/engine.ts';
import { removeImage } from '../reap.ts';
import { imageId } from './find-image.ts';
import { type PrunePlan, type PruneTerms, planPrune } from './plan-prune.ts';
import { surveyImages } from './survey-images.ts';
import { noteUse, sweepUses } from './usage.ts';

/**
 * Removes the owner's images that are over the budget, unused for longest first, and never one in use. What is there afterwards: a
 * container that came meanwhile keeps its image. With `dryRun` only tells.
 */
export async function pruneImages(
  engine: Engine,
  terms: PruneTerms & { dryRun?: boolean | undefined; now?: number | undefined },
): Promise<PrunePlan> {
  const now = terms.now ?? Date.now();
  const plan = planPrune(await surveyImages(engine), { ...terms, owner: engine.owner, now });
  if (terms.dryRun === true || plan.remove.length === 0) return plan;
  const removed: PrunePlan['remove'] = [];
  for (const image of plan.remove) {
    // Without force: where a container came meanwhile the engine refuses.
    for (const tag of image.tags) await removeImage(engine, tag);
    const there = await Promise.all(image.tags.map((tag) => imageId(engine, tag)));
    if (there.every((id) => id === undefined)) removed.push(image);
    else {
      plan.keep.push({ image, why: 'container' });
      plan.usedBytes.after += image.ownBytes;
    }
  }
  await sweepUses(engine);
  return { ...plan, remove: removed };
}

/** The same by itself, wherever an image was made: nothing while the budget holds. */
export async function keepWithinBudget(engine: Engine, progress: (line: string) => void): Promise<void> {
  if (engine.keeping === undefined) return;
  const { budgetBytes, needed } = engine.keeping;
  // Another process of this owner, with needs of its own, must see that these are in use.
  await Promise.all(needed.map((tag) => noteUse(engine, tag)));
  const { remove, usedBytes } = await pruneImages(engine, { budgetBytes, needed });
  if (remove.length > 0) progress(pruneLine(remove.length, usedBytes, budgetBytes));
}

function pruneLine(count: number, { before, after }: PrunePlan['usedBytes'], budgetBytes: number): string {
  const [from, to, budget] = [before, after, budgetBytes].map((bytes) => `${Math.round(bytes / 2 ** 20)} MB`);
  return `images took ${from} of the ${budget} that they may: removed ${count} that nothing uses, ${to} are left`;
}
