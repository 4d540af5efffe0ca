import type { TrialOutcome } from '../gate/evidence.ts';

/** `not-asked`: the case asks this no more, or asks something else; `unknown`: what was kept does not tell. */
export type NewOutcome = TrialOutcome | 'not-asked' | 'unknown';

/** A trial that was kept, under the rules of today. */
export interface RescoredTrial {
  arm: 'base' | 'candidate';
  variant: string;
  /** From 0: the session, or the run of an arm's tests. */
  session: number;
  from: TrialOutcome;
  to: NewOutcome;
  why: string;
}
