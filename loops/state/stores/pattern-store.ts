import { and, desc, eq, sql } from 'drizzle-orm';
import type { Pattern } from '../../../datasets/patterns/pattern.ts';
import type { Database } from '../database.ts';
import { patterns, sources } from '../schema/index.ts';

export interface SourceRead {
  path: string;
  bytes: number;
  sha256: string;
  signals: number;
}

export interface OwnedPattern extends Pattern {
  /** The target's query that has this fingerprint; null where none owns it. */
  query: string | null;
}

/** What was read of the sources and the patterns it gave. */
export function patternStore(db: Database, target: string) {
  return {
    /** Replaces what was known of the file. */
    async recordSource(read: SourceRead): Promise<void> {
      const values = { ...read, readAt: new Date() };
      await db
        .insert(sources)
        .values({ target, ...values })
        .onConflictDoUpdate({ target: [sources.target, sources.path], set: values });
    },

    async sources(): Promise<SourceRead[]> {
      const { path, bytes, sha256, signals } = sources;
      return db
        .select({ path, bytes, sha256, signals })
        .from(sources)
        .where(eq(sources.target, target))
        .orderBy(path);
    },

    /** Makes these the target's patterns, all of them: what is not among them goes. */
    async replaceAll(all: readonly OwnedPattern[]): Promise<void> {
      await db.transaction(async (tx) => {
        await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`patterns ${target}`}))`);
        await tx.delete(patterns).where(eq(patterns.target, target));
        const rows = all.map((pattern) => ({
          ...pattern,
          target,
          firstSeen: pattern.firstSeen === null ? null : new Date(pattern.firstSeen),
          lastSeen: pattern.lastSeen === null ? null : new Date(pattern.lastSeen),
        }));
        for (let from = 0; from < rows.length; from += 500)
          await tx.insert(patterns).values(rows.slice(from, from + 500));
      });
    },

    /** By total time, the largest first. */
    async list(): Promise<OwnedPattern[]> {
      const rows = await db
        .select()
        .from(patterns)
        .where(eq(patterns.target, target))
        .orderBy(desc(patterns.totalMs), patterns.id);
      return rows.map(toPattern);
    },

    async find(id: string): Promise<OwnedPattern | undefined> {
      const [row] = await db
        .select()
        .from(patterns)
        .where(and(eq(patterns.target, target), eq(patterns.id, id)));
      return row && toPattern(row);
    },
  };
}

function toPattern({ target: _, firstSeen, lastSeen, ...rest }: typeof patterns.$inferSelect): OwnedPattern {
  return { ...rest, firstSeen: firstSeen?.toISOString() ?? null, lastSeen: lastSeen?.toISOString() ?? null };
}
