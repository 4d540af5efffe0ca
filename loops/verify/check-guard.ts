import { equalRows } from '../../datasets/cases/canonical-rows.ts';
import type { Params } from '../../datasets/patterns/pattern.ts';
import type { GuardEvidence } from '../gate/evidence.ts';
import type { Pair, Sample } from '../gate/speed.ts';
import type { Arm } from '../target/arm.ts';
import type { ServeReply } from '../target/serve-client.ts';
import { planShape } from './plan-shape.ts';
import { isDatabaseError } from './reference.ts';
import { inTurn } from './run-session.ts';

/** Another query of the target with parameters from its log. */
export interface GuardQuery {
  query: string;
  sql: string;
  ordered: boolean;
  params: Params[];
}

export const GUARD_LIMIT_MS = 10_000;

/** What reading cold pages adds to an answer this slow is lost in it. */
const OWN_WARM_UP_MS = 40;

/**
 * Looks at one guard: where nothing it depends on is touched and both arms plan it alike, that settles it; else its rows are
 * compared and interleaved pairs are timed through serve, those of an earlier look among the `pairs` in all. One that is
 * touched has to be compared after writes as well.
 */
export async function checkGuard(
  guard: GuardQuery,
  arms: { base: Arm; candidate: Arm },
  options: { touched: boolean; known: GuardEvidence | undefined; pairs: number; signal: AbortSignal },
): Promise<GuardEvidence> {
  const { base, candidate } = arms;
  const { known } = options;
  if (!known && !options.touched && (await samePlans(guard, base, candidate))) {
    return {
      query: guard.query,
      checked: 'unchanged-plan',
      rowsEqual: true,
      pairs: [],
      detail: 'same plan, untouched file',
    };
  }
  const pairs: Pair[] = [...(known?.pairs ?? [])];
  // Later looks time parameters that an earlier one compared: what it found stands.
  let rowsEqual = known?.rowsEqual ?? null;
  let detail = known?.detail ?? (options.touched ? 'what it runs through was changed' : 'its plan changed');
  for (let at = pairs.length; at < options.pairs; at++) {
    options.signal.throwIfAborted();
    const params = guard.params[at % guard.params.length] ?? [];
    const ask = () =>
      inTurn(
        at,
        () => base.ask(guard.query, params, GUARD_LIMIT_MS),
        () => candidate.ask(guard.query, params, GUARD_LIMIT_MS),
      );
    // The first answers on these parameters are compared, and warm up what the timed ones then read.
    if (at < guard.params.length) {
      const first = await ask();
      const compared = compareReplies(first.base, first.candidate, guard.ordered);
      if (compared.equal === false)
        return { query: guard.query, checked: 'timed', rowsEqual: false, pairs, detail: compared.detail };
      rowsEqual = compared.equal ?? rowsEqual;
      detail = compared.detail || detail;
      if (Math.min(first.base.ms, first.candidate.ms) >= OWN_WARM_UP_MS) {
        pairs.push(samplesOf(first));
        continue;
      }
    }
    pairs.push(samplesOf(await ask()));
  }
  const afterWrites = known ? known.afterWrites : options.touched ? 'pending' : undefined;
  return {
    query: guard.query,
    checked: 'timed',
    rowsEqual,
    pairs,
    detail,
    ...(afterWrites === undefined ? {} : { afterWrites }),
  };
}

async function samePlans(guard: GuardQuery, base: Arm, candidate: Arm): Promise<boolean> {
  try {
    for (const params of guard.params.slice(0, 2)) {
      const [ours, theirs] = await Promise.all([
        planShape(base.sql, guard.sql, params),
        planShape(candidate.sql, guard.sql, params),
      ]);
      if (ours !== theirs) return false;
    }
    return true;
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    return false;
  }
}

export function compareReplies(
  base: ServeReply,
  candidate: ServeReply,
  ordered: boolean,
): { equal: boolean | null; detail: string } {
  if (base.outcome === 'answered' && candidate.outcome === 'answered') {
    const result = equalRows(base.result, candidate.result, { ordered });
    return { equal: result.equal, detail: result.equal ? '' : result.detail };
  }
  if (base.outcome === candidate.outcome) return { equal: null, detail: `both arms: ${base.outcome}` };
  if (base.outcome === 'answered') {
    const why =
      'error' in candidate ? candidate.error.slice(0, 300) : `no answer within ${GUARD_LIMIT_MS} ms`;
    return { equal: false, detail: `the base answers, the candidate does not: ${why}` };
  }
  return { equal: null, detail: 'the candidate answers where the base does not' };
}

const samplesOf = ({ base, candidate }: { base: ServeReply; candidate: ServeReply }): Pair => ({
  base: sampleOf(base),
  candidate: sampleOf(candidate),
});

const sampleOf = (reply: ServeReply): Sample =>
  reply.outcome === 'answered' ? { ms: reply.ms, cut: false } : { ms: GUARD_LIMIT_MS, cut: true };
