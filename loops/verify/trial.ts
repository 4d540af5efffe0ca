import { canonicalRows } from '../../datasets/cases/canonical-rows.ts';
import type { ResultSet } from '../../datasets/cases/rows.ts';
import { type Observed, scoreTrial, type Trial, type TrialObservation } from '../gate/evidence.ts';
import type { ServeReply } from '../target/serve-client.ts';
import type { Observations } from './observations.ts';

/** Expected rows of one variant: the digest of what the base SQL gives on the same data. */
export interface Expected {
  variant: string;
  sha256: string;
  ordered: boolean;
  /** Scaled to this machine, now. */
  objectiveMs: number;
  /** What it was scaled by. */
  scale: number;
}

/** One trial of one arm from what its serve process answered. */
export function judgeReply(
  arm: Trial['arm'],
  reply: ServeReply,
  { expected, observed }: { expected: Expected; observed: Observations },
): Trial & { observed: Observed } {
  const seen = observe(reply, expected);
  const { observation, detail } = seen;
  return {
    arm,
    variant: expected.variant,
    outcome: scoreTrial(observation, expected.objectiveMs),
    rowsEqual: observation.ended === 'answered' ? observation.rowsEqual : null,
    ms: reply.ms,
    cut: observation.ended === 'cut',
    detail,
    observed: {
      reply: reply.outcome,
      rows: reply.outcome === 'answered' ? observed.keep(JSON.stringify(reply.result)) : null,
      reference: null,
      scale: expected.scale,
    },
  };
}

function observe(reply: ServeReply, expected: Expected): { observation: TrialObservation; detail: string } {
  const { ms } = reply;
  switch (reply.outcome) {
    case 'late':
      return { observation: { ended: 'cut', ms }, detail: `no answer within ${ms.toFixed(0)} ms` };
    case 'failed':
      return {
        observation: { ended: 'crashed' },
        detail: `answered with an error: ${reply.error.slice(0, 300)}`,
      };
    case 'gone':
      return { observation: { ended: 'forged' }, detail: reply.error.slice(0, 300) };
    case 'answered': {
      const rowsEqual = digestOf(reply.result, expected.ordered) === expected.sha256;
      const rows = rowsEqual ? '' : `${reply.result.rows.length} rows that are not the base's, `;
      const detail = `${rows}${ms.toFixed(1)} ms against ${expected.objectiveMs.toFixed(1)} ms`;
      return { observation: { ended: 'answered', rowsEqual, ms }, detail };
    }
  }
}

/** Undefined for an answer whose values are not of the types that it names: it equals nothing. */
export function digestOf(result: ResultSet, ordered: boolean): string | undefined {
  try {
    return canonicalRows(result, { ordered }).sha256;
  } catch {
    return undefined;
  }
}
