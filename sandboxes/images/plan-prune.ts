import { limits } from '../limits.ts';
import type { SurveyedImage } from './survey-images.ts';

/**
 * What an image is in use by: a container, whoever made it (a `snapshot` that has not expired is somebody's work, which nothing could
 * make again), the configuration at hand, or images of ours that stand on it.
 */
export const uses = ['container', 'snapshot', 'configuration', 'stood-on'] as const;
export type Use = (typeof uses)[number];

/** Why an image stays: what uses it, or that there is room for it. */
export const keepReasons = [...uses, 'recent', 'within-budget'] as const;
export type KeepReason = (typeof keepReasons)[number];

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
    const children = image.children.filter((child) => left.has(child));
    const [use] = usesOf({ ...image, children }, { needed, now });
    return use ?? (now - usedAt(image) < limits.keeping.recentMs ? 'recent' : undefined);
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

/** What an image is in use by; it goes with none of these. */
export function usesOf(
  image: SurveyedImage,
  { needed, now }: { needed: readonly string[]; now: number },
): Use[] {
  const by: Record<Use, boolean> = {
    container: image.containers > 0,
    snapshot: image.expiresAt !== null && image.expiresAt > now,
    configuration: needed.some((tag) => image.tags.includes(tag)),
    'stood-on': image.children.length > 0,
  };
  return uses.filter((use) => by[use]);
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
