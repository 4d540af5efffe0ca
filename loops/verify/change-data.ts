import type { StalenessFinding, Trial } from '../gate/evidence.ts';
import type { Pair, Sample } from '../gate/speed.ts';
import type { Arm } from '../target/arm.ts';
import { isDatabaseError } from './reference.ts';
import { inTurn, judgeAnswer, runTrials, type SessionRequest } from './run-session.ts';

/** The longest that a refresh may take, however large the declared staleness. */
const REFRESH_LIMIT_MS = 120_000;

/** How long the first answer after a write may take: it is compared, not timed. */
const ANSWER_LIMIT_MS = 10_000;

/** Runs the mutated variants' writes on both arms, then asks again: at once, or after the target's own refresh. */
export async function changeData(
  request: SessionRequest,
): Promise<{ trials: Trial[]; staleness: StalenessFinding[]; writes: Pair[] }> {
  const { case: queryCase, base, candidate, signal } = request;
  const trials: Trial[] = [];
  const staleness: StalenessFinding[] = [];
  const writes: Pair[] = [];
  for (const variant of queryCase.hidden.filter((one) => one.writes.length > 0)) {
    signal.throwIfAborted();
    const written = await writeBoth(base, candidate, variant.writes);
    writes.push(...written.pairs);
    const wroteAt = performance.now();
    const finding = (when: StalenessFinding['when'], equal: boolean, detail: string): StalenessFinding => ({
      variant: variant.id,
      when,
      equal,
      lagMs: performance.now() - wroteAt,
      limitS: queryCase.stalenessS,
      detail,
    });
    if (written.refused !== undefined) {
      staleness.push(
        finding(
          'after-write',
          false,
          `the candidate refused a write that the base takes: ${written.refused}`,
        ),
      );
      continue;
    }
    const problem = await refreshArm(request, queryCase.stalenessS);
    if (problem !== undefined) {
      staleness.push(finding('after-refresh', false, problem));
      continue;
    }
    // The first answer after a write may plan anew; staleness is about rows, so it gets the time it needs.
    const first = await candidate.ask(queryCase.query, variant.params, ANSWER_LIMIT_MS);
    const judged = await judgeAnswer(request, variant, first);
    const when = queryCase.stalenessS > 0 ? 'after-refresh' : 'after-write';
    staleness.push(finding(when, judged.rowsEqual === true, judged.detail));
    // A stale answer is told as such, not as wrong rows.
    if (judged.rowsEqual === true) trials.push(...(await runTrials(request, variant)));
  }
  return { trials, staleness, writes };
}

/** Runs the target's own refresh on the candidate where a lag is declared; what went wrong with it, if anything did. */
export async function refreshArm(
  { candidate, refresh, signal }: Pick<SessionRequest, 'candidate' | 'refresh' | 'signal'>,
  stalenessS: number,
): Promise<string | undefined> {
  if (stalenessS === 0 || refresh === undefined) return undefined;
  const limitMs = Math.min(stalenessS * 1_000, REFRESH_LIMIT_MS);
  const refreshed = await candidate.command(refresh, limitMs, signal);
  if (refreshed.exitCode === 0) return undefined;
  return refreshed.outcome === 'timed_out'
    ? `the refresh took longer than ${limitMs / 1_000} s`
    : `the refresh failed: ${refreshed.stderr.slice(-300)}`;
}

/** Both arms get the same statements in turn; pairs hold the time of each statement on each arm. */
export async function writeBoth(
  base: Arm,
  candidate: Arm,
  statements: readonly string[],
): Promise<{ pairs: Pair[]; refused?: string }> {
  const time = async (arm: Arm, statement: string): Promise<Sample> => {
    const started = performance.now();
    await arm.sql.run(statement);
    return { ms: performance.now() - started, cut: false };
  };
  const pairs: Pair[] = [];
  for (const [at, statement] of statements.entries()) {
    try {
      pairs.push(
        await inTurn(
          at,
          () => time(base, statement),
          () => time(candidate, statement),
        ),
      );
    } catch (error) {
      if (!isDatabaseError(error)) throw error;
      return { pairs, refused: error.message };
    }
  }
  return { pairs };
}
