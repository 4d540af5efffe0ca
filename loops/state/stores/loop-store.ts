import { and, desc, eq, gt, sum } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { events, loops, spending } from '../schema/index.ts';

export type LoopRecord = Omit<typeof loops.$inferSelect, 'target'>;
export type EventRecord = Omit<typeof events.$inferSelect, 'target' | 'key'>;
export type Spent = Omit<typeof spending.$inferSelect, 'target' | 'at'>;

/** Loops, what happened in them and what they cost. */
export function loopStore(db: Database, target: string) {
  return {
    /** Begins a loop, or finds the one of this id that was interrupted. */
    async begin(loop: { id: string; baseRevision: string; configSha256: string }): Promise<void> {
      await db
        .insert(loops)
        .values({ target, ...loop })
        .onConflictDoNothing();
    },

    async finish(id: string, state: 'finished' | 'failed', summary: object): Promise<void> {
      await db
        .update(loops)
        .set({ state, summary, finishedAt: new Date() })
        .where(and(eq(loops.target, target), eq(loops.id, id)));
    },

    /** The newest loop, or the newest in that state. */
    async latest(state?: LoopRecord['state']): Promise<LoopRecord | undefined> {
      const mine = eq(loops.target, target);
      const [row] = await db
        .select()
        .from(loops)
        .where(state === undefined ? mine : and(mine, eq(loops.state, state)))
        .orderBy(desc(loops.startedAt), desc(loops.id))
        .limit(1);
      if (row === undefined) return undefined;
      const { target: _, ...loop } = row;
      return loop;
    },

    /** `key` names the workflow and step that emits it: a second event of the same key is dropped. */
    async emit(event: { kind: string; data: object; key?: string }): Promise<void> {
      await db
        .insert(events)
        .values({ target, ...event })
        .onConflictDoNothing();
    },

    async eventsAfter(seq: number, limit = 1000): Promise<EventRecord[]> {
      const rows = await db
        .select()
        .from(events)
        .where(and(eq(events.target, target), gt(events.seq, seq)))
        .orderBy(events.seq)
        .limit(limit);
      return rows.map(({ target: _, key: __, ...event }) => event);
    },

    /** A second spending of the same id is dropped. */
    async spend(spent: Spent): Promise<void> {
      await db
        .insert(spending)
        .values({ target, ...spent })
        .onConflictDoNothing();
    },

    /** Sums by kind and unit, of one loop or of all. */
    async spent(loop?: string): Promise<{ kind: string; unit: string; amount: number }[]> {
      const mine = eq(spending.target, target);
      const rows = await db
        .select({ kind: spending.kind, unit: spending.unit, amount: sum(spending.amount).mapWith(Number) })
        .from(spending)
        .where(loop === undefined ? mine : and(mine, eq(spending.loop, loop)))
        .groupBy(spending.kind, spending.unit)
        .orderBy(spending.kind, spending.unit);
      return rows;
    },
  };
}
