import { limits } from '../limits.ts';
import type { SurveyedImage } from './survey-images.ts';

/** Why an image stays: what uses it, or that there is room for it. */
export type KeepReason = 'container' | 'snapshot' | 'stood-on' | 'configuration' | 'recent' | 'within-budget';

export interface PrunePlan {
  /** In this order: an image goes before what it stands on. */
  remove: SurveyedImage[];
  keep: { image: SurveyedImage; why: KeepReason }[];
  /** What the owner's images take, before and after. */
  usedBytes: { before: number; after: number };
}

/**
 * Which of an owner's images go so that the rest fits the budget: those unused for longest first, and none that is in use. An image
 * that others of ours stand on, of whatever owner, goes after all of them or not at all.
 */
export function planPrune(
  images: readonly SurveyedImage[],
  { owner, budgetBytes, all = false, needed, now }: PruneTerms & { owner: string; now: number },
): PrunePlan {
  const left = new Map(images.map((image) => [image.id, image]));
  const own = images.filter((image) => image.owner === owner);
  const before = own.reduce((sum, { ownBytes }) => sum + ownBytes, 0);
  const plan: PrunePlan = { remove: [], keep: [], usedBytes: { before, after: before } };
  const holds = (image: SurveyedImage): KeepReason | undefined => {
    if (image.containers > 0) return 'container';
    // Somebody's work, which nothing could make again: it goes when it expires.
    if (image.expiresAt !== null && image.expiresAt > now) return 'snapshot';
    if (needed.some((tag) => image.tags.includes(tag))) return 'configuration';
    if (image.children.some((child) => left.has(child))) return 'stood-on';
    return now - usedAt(image) < limits.keeping.recentMs ? 'recent' : undefined;
  };
  while (all || plan.usedBytes.after > budgetBytes) {
    const [oldest] = own
      .filter((image) => left.has(image.id) && holds(image) === undefined)
      .sort((a, b) => usedAt(a) - usedAt(b));
    if (oldest === undefined) break;
    left.delete(oldest.id);
    plan.remove.push(oldest);
    plan.usedBytes.after -= oldest.ownBytes;
  }
  plan.keep = own
    .filter((image) => left.has(image.id))
    .map((image) => ({ image, why: holds(image) ?? 'within-budget' }));
  return plan;
}

export interface PruneTerms {
  budgetBytes: number;
  /** All that is unused, whatever the budget. */
  all?: boolean | undefined;
  /** Tags of what the configuration at hand needs. */
  needed: readonly string[];
}

/** Making an image is a use of it. */
const usedAt = ({ lastUsedAt, createdAt }: SurveyedImage): number => Math.max(lastUsedAt ?? 0, createdAt);
