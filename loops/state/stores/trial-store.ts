import { and, eq, type SQL } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { runs, trials } from '../schema/index.ts';

export type RunRecord = Omit<typeof runs.$inferSelect, 'target' | 'startedAt'>;
export type TrialRecord = Omit<typeof trials.$inferSelect, 'target' | 'createdAt'>;

/** Every trial, and the dataset version and revision that its run stands on. */
export function trialStore(db: Database, target: string) {
  const select = async (condition: SQL | undefined): Promise<TrialRecord[]> => {
    const rows = await db
      .select()
      .from(trials)
      .where(and(eq(trials.target, target), condition))
      .orderBy(trials.caseId, trials.variant, trials.session, trials.arm, trials.id);
    return rows.map(({ target: _, createdAt: __, ...record }) => record);
  };
  return {
    async startRun(run: RunRecord): Promise<void> {
      await db
        .insert(runs)
        .values({ target, ...run })
        .onConflictDoNothing();
    },

    async findRun(id: string): Promise<RunRecord | undefined> {
      const [row] = await db
        .select()
        .from(runs)
        .where(and(eq(runs.target, target), eq(runs.id, id)));
      if (row === undefined) return undefined;
      const { target: _, startedAt: __, ...run } = row;
      return run;
    },

    /** In the order of their start. */
    async runs(): Promise<RunRecord[]> {
      const rows = await db
        .select()
        .from(runs)
        .where(eq(runs.target, target))
        .orderBy(runs.startedAt, runs.id);
      return rows.map(({ target: _, startedAt: __, ...run }) => run);
    },

    /** A trial that is there already stays as it is, so that a repeated step adds nothing. */
    async record(all: readonly TrialRecord[]): Promise<void> {
      for (let from = 0; from < all.length; from += 500) {
        const rows = all.slice(from, from + 500).map((trial) => ({ target, ...trial }));
        await db.insert(trials).values(rows).onConflictDoNothing();
      }
    },

    ofRun: (run: string): Promise<TrialRecord[]> => select(eq(trials.run, run)),

    ofCase: (caseId: string): Promise<TrialRecord[]> => select(eq(trials.caseId, caseId)),

    async count(): Promise<number> {
      return db.$count(trials, eq(trials.target, target));
    },
  };
}
