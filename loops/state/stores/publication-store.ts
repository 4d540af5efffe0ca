import { and, desc, eq, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { frontier, pullRequests } from '../schema/index.ts';

export type PullRequestRecord = Omit<typeof pullRequests.$inferSelect, 'target'>;
export type FrontierRecord = Omit<typeof frontier.$inferSelect, 'target'>;

/** What waits for a person, and what still fails. */
export function publicationStore(db: Database, target: string) {
  const find = async (
    from: Pick<Database, 'select'>,
    candidateId: string,
  ): Promise<PullRequestRecord | undefined> => {
    const [row] = await from
      .select()
      .from(pullRequests)
      .where(and(eq(pullRequests.target, target), eq(pullRequests.candidateId, candidateId)));
    return row && withoutTarget(row);
  };
  return {
    /** Opens a candidate's pull request, or returns the one it has; throws where another has the branch. */
    async openPullRequest(
      request: Omit<PullRequestRecord, 'number' | 'state' | 'createdAt'>,
    ): Promise<PullRequestRecord> {
      return db.transaction(async (tx) => {
        await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`pull requests ${target}`}))`);
        const known = await find(tx, request.candidateId);
        if (known !== undefined) return known;
        const number = (await tx.$count(pullRequests, eq(pullRequests.target, target))) + 1;
        const [row] = await tx
          .insert(pullRequests)
          .values({ target, number, ...request })
          .returning();
        if (row === undefined) throw new Error('the insert of a pull request returned no row');
        return withoutTarget(row);
      });
    },

    async setPullRequestState(number: number, state: PullRequestRecord['state']): Promise<void> {
      await db
        .update(pullRequests)
        .set({ state })
        .where(and(eq(pullRequests.target, target), eq(pullRequests.number, number)));
    },

    async pullRequests(): Promise<PullRequestRecord[]> {
      const rows = await db
        .select()
        .from(pullRequests)
        .where(eq(pullRequests.target, target))
        .orderBy(pullRequests.number);
      return rows.map(withoutTarget);
    },

    findByCandidate: (candidateId: string): Promise<PullRequestRecord | undefined> => find(db, candidateId),

    /** Adds the cases of one frozen version; those that are there already stay. */
    async freezeFrontier(all: readonly Omit<FrontierRecord, 'outcome'>[]): Promise<void> {
      if (all.length === 0) return;
      await db
        .insert(frontier)
        .values(all.map((one) => ({ target, ...one })))
        .onConflictDoNothing();
    },

    /** The cases of one version, by default of the newest. */
    async frontier(version?: number): Promise<FrontierRecord[]> {
      const rows = await db
        .select()
        .from(frontier)
        .where(eq(frontier.target, target))
        .orderBy(desc(frontier.version), frontier.caseId);
      const wanted = version ?? rows[0]?.version;
      return rows.filter((row) => row.version === wanted).map(withoutTarget);
    },

    async setFrontierOutcome(version: number, caseId: string, outcome: string): Promise<void> {
      await db
        .update(frontier)
        .set({ outcome })
        .where(and(eq(frontier.target, target), eq(frontier.version, version), eq(frontier.caseId, caseId)));
    },
  };
}

function withoutTarget<T extends { target: string }>({ target: _, ...rest }: T): Omit<T, 'target'> {
  return rest;
}
