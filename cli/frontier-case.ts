import { z } from 'zod';
import { PlanKind } from '../datasets/cases/plan-kind.ts';
import type { FrontierRecord } from '../loops/state/stores/publication-store.ts';

const BestAttempt = z.strictObject({ plan: z.string(), kind: PlanKind, medianMs: z.number() });

/** What every `frontier` command says of a case. */
export const FrontierCase = z.strictObject({
  id: z.string(),
  /** When it joined the frontier; null where the state does not say, since state may be deleted. */
  since: z.iso.datetime().nullable(),
  /** The closest plan; null where none gave the right rows. */
  bestAttempt: BestAttempt.nullable(),
  /** What the last `frontier run` made of it: `fell`, or why not; null before the first. */
  outcome: z.string().nullable(),
});
export type FrontierCase = z.infer<typeof FrontierCase>;

export function describeFrontierCase(id: string, record: FrontierRecord | undefined): FrontierCase {
  const best = BestAttempt.safeParse(record?.bestAttempt);
  return {
    id,
    since: record?.since.toISOString() ?? null,
    bestAttempt: best.success ? best.data : null,
    outcome: record?.outcome ?? null,
  };
}
