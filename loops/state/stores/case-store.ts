import { and, eq } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { cases } from '../schema/index.ts';

export type CaseRecord = Omit<typeof cases.$inferSelect, 'target' | 'createdAt'>;

/** What admission said of each drafted case. Files stay the truth of what a case is. */
export function caseStore(db: Database, target: string) {
  return {
    /** Replaces what an earlier admission said. */
    async save(record: CaseRecord): Promise<void> {
      await db
        .insert(cases)
        .values({ target, ...record })
        .onConflictDoUpdate({ target: [cases.target, cases.id], set: record });
    },

    /** After a freeze: where in which dataset these cases now lie. */
    async freeze(
      ids: readonly string[],
      place: { dataset: string; version: number; path: (id: string) => string },
    ): Promise<void> {
      await db.transaction(async (tx) => {
        for (const id of ids) {
          await tx
            .update(cases)
            .set({ dataset: place.dataset, version: place.version, path: place.path(id) })
            .where(and(eq(cases.target, target), eq(cases.id, id)));
        }
      });
    },

    async list(state?: CaseRecord['state']): Promise<CaseRecord[]> {
      const mine = eq(cases.target, target);
      const rows = await db
        .select()
        .from(cases)
        .where(state === undefined ? mine : and(mine, eq(cases.state, state)))
        .orderBy(cases.createdAt, cases.id);
      return rows.map(({ target: _, createdAt: __, ...record }) => record);
    },
  };
}
