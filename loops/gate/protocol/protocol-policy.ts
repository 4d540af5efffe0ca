import { z } from 'zod';
import { AttemptSchedule } from '../statistics/attempt-level.ts';

/** Levels and limits of the protocol for pass/fail cases; `ProtocolPolicy.parse({})` gives the defaults. */
export const ProtocolPolicy = z.strictObject({
  /** False accepts over all attempts on one holdout version. */
  alpha: z.number().positive().max(0.5).default(0.05),
  schedule: AttemptSchedule.default('falling'),
  /** Scored trials an arm of each row, in the confirm stage. */
  trials: z.int().positive().default(5),
  /** The most that these may grow to, so that some outcome can be accepted. */
  maxTrials: z.int().positive().default(10),
  /** The most that a flaky pattern is run, so that a right fix that fails one trial in ten is accepted at late attempts too. */
  maxFlakyTrials: z.int().positive().default(20),
  /** Infrastructure errors of one arm on one row that are retried; one more, and nothing is concluded. */
  maxInfraErrors: z.int().nonnegative().default(5),
  /** Sign patterns of a sampled sign-flip test, and its seed. */
  draws: z.int().positive().default(50_000),
  seed: z.int().default(1),
  /** Screening: this many of the candidates get more rounds, so many in all; the best goes on at this level. */
  screenKeep: z.int().positive().default(5),
  screenRounds: z.int().min(2).default(3),
  screenLevel: z.number().positive().max(1).default(0.1),
  /** A guard that failed is run again so often, and so many fails among those block. */
  guardReruns: z.int().positive().default(4),
  guardFails: z.int().positive().default(3),
  /** Runs in one process with the code in which one of the case's tests may fail; failing in all of them refuses. */
  besideRuns: z.int().positive().default(3),
  /** The same for tests that pass today: there are hundreds, of which a flaky one may well fail three times. */
  besideGuardRuns: z.int().positive().default(6),
  /** Level of the test that the guards as a whole got worse. */
  guardLevel: z.number().positive().max(0.5).default(0.01),
  /** Replicates of the simulation that finds the smallest effect with this power. */
  power: z.number().positive().max(1).default(0.8),
  powerReplicates: z.int().positive().default(200),
});
export type ProtocolPolicy = z.infer<typeof ProtocolPolicy>;
