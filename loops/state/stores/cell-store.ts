import { and, eq } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { cells, type Fate } from '../schema/index.ts';

export type { Fate };
export type CellRecord = Omit<typeof cells.$inferSelect, 'target' | 'createdAt'>;

/** The matrix: each plan that was tried on each case. */
export function cellStore(db: Database, target: string) {
  const key = [cells.target, cells.caseId, cells.planId];
  return {
    /** Keeps the newest measurement of a cell, and its fate unless this one brings another. */
    async save(record: CellRecord): Promise<void> {
      const { fate, ...measured } = record;
      await db
        .insert(cells)
        .values({ target, ...record })
        .onConflictDoUpdate({ target: key, set: fate === null ? measured : record });
    },

    async setFate(caseId: string, planId: string, fate: Fate): Promise<void> {
      await db
        .update(cells)
        .set({ fate })
        .where(and(eq(cells.target, target), eq(cells.caseId, caseId), eq(cells.planId, planId)));
    },

    async list(caseId?: string): Promise<CellRecord[]> {
      const mine = eq(cells.target, target);
      const rows = await db
        .select()
        .from(cells)
        .where(caseId === undefined ? mine : and(mine, eq(cells.caseId, caseId)))
        .orderBy(cells.caseId, cells.createdAt, cells.planId);
      return rows.map(({ target: _, createdAt: __, ...record }) => record);
    },
  };
}
