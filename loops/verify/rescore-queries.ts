import { canonicalRows, equalRows } from '../../datasets/cases/canonical-rows.ts';
import type { QueryCase, Variant } from '../../datasets/cases/case.ts';
import type { ResultSet } from '../../datasets/cases/rows.ts';
import { type Evidence, evidenceVariants, scoreTrial, type Trial } from '../gate/evidence.ts';
import type { NewOutcome, RescoredTrial } from './rescored-trial.ts';
import { digestOf } from './trial.ts';

/** A case as its trials knew it, and as it is now. */
export interface CaseChange {
  before: QueryCase;
  after: QueryCase;
}

/** Kept texts by their SHA-256. */
export type Texts = ReadonlyMap<string, string>;

export type KeptTrial = Pick<Trial, 'variant' | 'outcome' | 'rowsEqual' | 'ms' | 'observed'>;

interface NewScore {
  outcome: NewOutcome;
  rowsEqual: boolean | null;
  why: string;
}

/** One trial under the case as it is now and today's rules, from what it saw. */
export function rescoreTrial(trial: KeptTrial, change: CaseChange, texts: Texts): NewScore {
  const { before, after } = change;
  const none = { rowsEqual: null };
  const [was, variant] = [before, after].map((one) => variantOf(one, trial.variant));
  if (!variant) return { ...none, outcome: 'not-asked', why: 'the case has no such variant any more' };
  if (was && questionOf(was) !== questionOf(variant))
    return { ...none, outcome: 'not-asked', why: 'its parameters or writes are others now' };
  const { observed, ms } = trial;
  if (trial.outcome === 'infra_error') return { ...none, outcome: 'infra_error', why: '' };
  if (!observed || ms === null) return { ...none, outcome: 'unknown', why: 'what it saw was not kept' };
  // A calibration that was taken anew moves the objective by as much.
  const objectiveMs = (after.objectiveMs * observed.scale * before.calibrationMs) / after.calibrationMs;
  switch (observed.reply) {
    case 'failed':
      return { ...none, outcome: scoreTrial({ ended: 'crashed' }, objectiveMs), why: 'it was an error' };
    case 'gone':
      return { ...none, outcome: scoreTrial({ ended: 'forged' }, objectiveMs), why: 'its process was lost' };
    case 'late': {
      const why = `it was stopped at ${ms.toFixed(0)} ms, the objective is ${objectiveMs.toFixed(1)} ms`;
      if (ms < objectiveMs) return { ...none, outcome: 'unknown', why };
      return { ...none, outcome: scoreTrial({ ended: 'cut', ms }, objectiveMs), why };
    }
    case 'answered': {
      const rows = parsed(observed.rows, texts);
      if (!rows) return { ...none, outcome: 'unknown', why: 'its rows were not kept' };
      const rowsEqual = isRight(rows, variant, change, parsed(observed.reference, texts));
      const outcome = scoreTrial({ ended: 'answered', rowsEqual, ms }, objectiveMs);
      const said = `${rowsEqual ? 'the right rows' : 'other rows'}, ${ms.toFixed(1)} ms against ${objectiveMs.toFixed(1)} ms`;
      return { rowsEqual, outcome, why: said };
    }
  }
}

/** A digest that differs may be the last digit of a sum: then the rows are compared with those of the same statement. */
function isRight(
  rows: ResultSet,
  variant: Variant,
  { before, after }: CaseChange,
  reference: ResultSet | undefined,
): boolean {
  const { ordered } = after;
  if (digestOf(rows, ordered) === variant.sha256) return true;
  if (!reference) return false;
  const isReference =
    before.sql === after.sql || canonicalRows(reference, { ordered }).sha256 === variant.sha256;
  return isReference && equalRows(reference, rows, { ordered }).equal;
}

/** The evidence of a gate as today's rules see it, and what they make of each of its trials. */
export function rescoreEvidence(
  evidence: Evidence,
  change: CaseChange,
  texts: Texts,
): { evidence: Evidence; trials: RescoredTrial[] } {
  const { after } = change;
  const rescored: RescoredTrial[] = [];
  const sessions = evidence.sessions.map((session, at) => ({
    ...session,
    trials: session.trials.flatMap((trial) => {
      const { outcome: to, rowsEqual, why } = rescoreTrial(trial, change, texts);
      const { arm, variant, outcome: from } = trial;
      rescored.push({ arm, variant, session: at, from, to, why });
      if (to === 'not-asked') return [];
      return to === 'unknown' ? [trial] : [{ ...trial, outcome: to, rowsEqual }];
    }),
  }));
  return {
    evidence: {
      ...evidence,
      objective: { ...evidence.objective, ms: after.objectiveMs, calibrationFreezeMs: after.calibrationMs },
      variants: evidenceVariants(after),
      sessions,
    },
    trials: rescored,
  };
}

const variantOf = ({ visible, hidden }: QueryCase, id: string): Variant | undefined =>
  [...visible, ...hidden].find((variant) => variant.id === id);

const questionOf = ({ params, writes }: Variant): string => JSON.stringify([params, writes]);

function parsed(name: string | null, texts: Texts): ResultSet | undefined {
  const text = name === null ? undefined : texts.get(name);
  return text === undefined ? undefined : (JSON.parse(text) as ResultSet);
}
