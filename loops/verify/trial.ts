import { canonicalRows } from '../../datasets/cases/canonical-rows.ts';
import { scoreTrial, type Trial, type TrialObservation } from '../gate/evidence.ts';
import type { ServeReply } from '../target/serve-client.ts';

/** Expected rows of one variant: the digest of what the base SQL gives on the same data. */
export interface Expected {
  variant: string;
  sha256: string;
  ordered: boolean;
  /** Scaled to this machine, now. */
  objectiveMs: number;
}

/** One trial of one arm from what its serve process answered. */
export function judgeReply(arm: Trial['arm'], reply: ServeReply, expected: Expected): Trial {
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
      const rowsEqual = digestOf(reply, expected.ordered) === expected.sha256;
      const rows = rowsEqual ? '' : `${reply.result.rows.length} rows that are not the base's, `;
      const detail = `${rows}${ms.toFixed(1)} ms against ${expected.objectiveMs.toFixed(1)} ms`;
      return { observation: { ended: 'answered', rowsEqual, ms }, detail };
    }
  }
}

/** Undefined for an answer whose values are not of the types that it names: it equals nothing. */
export function digestOf(
  reply: Extract<ServeReply, { outcome: 'answered' }>,
  ordered: boolean,
): string | undefined {
  try {
    return canonicalRows(reply.result, { ordered }).sha256;
  } catch {
    return undefined;
  }
}
