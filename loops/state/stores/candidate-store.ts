import { and, desc, eq, sql } from 'drizzle-orm';
import { sha256 } from '../../../datasets/sha256.ts';
import type { Database } from '../database.ts';
import { attempts, candidates, verdicts } from '../schema/index.ts';

export type CandidateRecord = Omit<typeof candidates.$inferSelect, 'target'>;
export type Submission = Omit<CandidateRecord, 'id' | 'patchSha256' | 'state' | 'createdAt'>;
export type VerdictRecord = Omit<typeof verdicts.$inferSelect, 'target'>;

export interface AttemptKey {
  pattern: string;
  /** `name@vN`. */
  datasetVersion: string;
  patchSha256: string;
}

/** Candidates, the confirm stages they used up and what the gate said. */
export function candidateStore(db: Database, target: string) {
  const find = async (id: string): Promise<CandidateRecord | undefined> => {
    const [row] = await db
      .select()
      .from(candidates)
      .where(and(eq(candidates.target, target), eq(candidates.id, id)));
    return row && withoutTarget(row);
  };
  return {
    /** The same patch for the same case is the same candidate; `isNew` says whether it was not known. */
    async submit(submission: Submission): Promise<{ id: string; patchSha256: string; isNew: boolean }> {
      const patchSha256 = sha256(submission.patch);
      const id = sha256(JSON.stringify([target, submission.caseId, patchSha256])).slice(0, 16);
      const made = await db
        .insert(candidates)
        .values({ ...submission, target, id, patchSha256 })
        .onConflictDoNothing()
        .returning({ id: candidates.id });
      return { id, patchSha256, isNew: made.length > 0 };
    },

    async setState(id: string, state: CandidateRecord['state']): Promise<void> {
      await db
        .update(candidates)
        .set({ state })
        .where(and(eq(candidates.target, target), eq(candidates.id, id)));
    },

    find,

    /** In the order of their submission. */
    async list(filter: { caseId?: string; pattern?: string } = {}): Promise<CandidateRecord[]> {
      const rows = await db
        .select()
        .from(candidates)
        .where(
          and(
            eq(candidates.target, target),
            filter.caseId === undefined ? undefined : eq(candidates.caseId, filter.caseId),
            filter.pattern === undefined ? undefined : eq(candidates.pattern, filter.pattern),
          ),
        )
        .orderBy(candidates.createdAt, candidates.id);
      return rows.map(withoutTarget);
    },

    /** Charges one confirm stage; a patch that was charged before keeps its number and costs nothing. */
    async chargeAttempt({
      pattern,
      datasetVersion,
      patchSha256,
    }: AttemptKey): Promise<{ number: number; charged: boolean }> {
      return db.transaction(async (tx) => {
        await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`attempts ${target} ${pattern}`}))`);
        const used = await tx
          .select()
          .from(attempts)
          .where(
            and(
              eq(attempts.target, target),
              eq(attempts.pattern, pattern),
              eq(attempts.datasetVersion, datasetVersion),
            ),
          );
        const same = used.find((attempt) => attempt.patchSha256 === patchSha256);
        if (same !== undefined) return { number: same.number, charged: false };
        const number = used.length + 1;
        await tx.insert(attempts).values({ target, pattern, datasetVersion, patchSha256, number });
        return { number, charged: true };
      });
    },

    /** How many confirm stages a pattern's holdout has answered. */
    async attemptsUsed(pattern: string, datasetVersion: string): Promise<number> {
      return db.$count(
        attempts,
        and(
          eq(attempts.target, target),
          eq(attempts.pattern, pattern),
          eq(attempts.datasetVersion, datasetVersion),
        ),
      );
    },

    /** The first verdict of a candidate and run stays; a repeated step changes nothing. */
    async recordVerdict(record: Omit<VerdictRecord, 'createdAt'>): Promise<void> {
      await db
        .insert(verdicts)
        .values({ target, ...record })
        .onConflictDoNothing();
    },

    /** What was said at the end of a run. */
    async verdictOf(run: string): Promise<VerdictRecord | undefined> {
      const [row] = await db
        .select()
        .from(verdicts)
        .where(and(eq(verdicts.target, target), eq(verdicts.run, run)));
      return row && withoutTarget(row);
    },

    /** The newest first. */
    async verdicts(candidateId?: string): Promise<VerdictRecord[]> {
      const mine = eq(verdicts.target, target);
      const rows = await db
        .select()
        .from(verdicts)
        .where(candidateId === undefined ? mine : and(mine, eq(verdicts.candidateId, candidateId)))
        .orderBy(desc(verdicts.createdAt), desc(verdicts.run));
      return rows.map(withoutTarget);
    },
  };
}

function withoutTarget<T extends { target: string }>({ target: _, ...rest }: T): Omit<T, 'target'> {
  return rest;
}
