import { and, desc, eq, gte, max, sql } from 'drizzle-orm';
import { sha256 } from '../../../datasets/sha256.ts';
import type { Database } from '../database.ts';
import { attempts, candidates, verdicts } from '../schema/index.ts';

export type CandidateRecord = Omit<typeof candidates.$inferSelect, 'target'>;
export type Submission = Omit<CandidateRecord, 'id' | 'patchSha256' | 'state' | 'createdAt'>;
export type VerdictRecord = Omit<typeof verdicts.$inferSelect, 'target'>;

export interface Attempt {
  pattern: string;
  /** By `holdoutOf`. */
  holdout: string;
  patchSha256: string;
  /** What its trials and its verdict are kept under. */
  run: string;
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
  const attemptsOn = (pattern: string, holdout: string) =>
    and(eq(attempts.target, target), eq(attempts.pattern, pattern), eq(attempts.holdout, holdout));
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

    /**
     * Charges a confirm stage and gives its number, 1 for the first on a holdout. A run that is taken up again keeps its number;
     * another run on the same patch pays again: fresh trials are another chance for luck.
     */
    async chargeAttempt({ pattern, holdout, patchSha256, run }: Attempt): Promise<number> {
      return db.transaction(async (tx) => {
        await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`attempts ${target} ${pattern}`}))`);
        const used = await tx
          .select()
          .from(attempts)
          .where(attemptsOn(pattern, holdout))
          .orderBy(attempts.number);
        const same = used.find((one) => one.run === run);
        if (same) return same.number;
        const number = (used.at(-1)?.number ?? 0) + 1;
        await tx.insert(attempts).values({ target, pattern, holdout, patchSha256, run, number });
        return number;
      });
    },

    /** Takes back the charge of a run that was decided before it looked at the holdout. */
    async returnAttempt(run: string): Promise<void> {
      await db.delete(attempts).where(and(eq(attempts.target, target), eq(attempts.run, run)));
    },

    /** The number of the last confirm stage on a holdout, of any patch or of one; 0 before the first. */
    async lastAttempt(
      pattern: string,
      { holdout, patchSha256 }: { holdout: string; patchSha256?: string },
    ): Promise<number> {
      const own = patchSha256 === undefined ? undefined : eq(attempts.patchSha256, patchSha256);
      const [last] = await db
        .select({ number: max(attempts.number) })
        .from(attempts)
        .where(and(attemptsOn(pattern, holdout), own));
      return last?.number ?? 0;
    },

    /** The pattern's holdouts that at least so many confirm stages looked at. */
    async holdoutsWith(pattern: string, least: number): Promise<string[]> {
      const rows = await db
        .selectDistinct({ holdout: attempts.holdout })
        .from(attempts)
        .where(and(eq(attempts.target, target), eq(attempts.pattern, pattern), gte(attempts.number, least)));
      return rows.map(({ holdout }) => holdout);
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
