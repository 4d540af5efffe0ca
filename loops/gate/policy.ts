import { z } from 'zod';

/** Thresholds of the speed rule. Ratios are base ÷ candidate; counts are pairs or sessions. */
export const SpeedPolicy = z.strictObject({
  minPairs: z.int().positive().default(15),
  maxPairs: z.int().positive().default(40),
  minSessions: z.int().positive().default(3),
  minRatio: z.number().min(1).default(1.05),
  minLower95: z.number().min(1).default(1.02),
  /** The most that the A/A control's median may be off 1, as a share. */
  maxControlShift: z.number().positive().default(0.03),
  /** A paired standard deviation of the control above this explains such a shift by chance: more pairs. */
  maxPairedSd: z.number().positive().default(0.05),
  draws: z.int().positive().default(2000),
  seed: z.int().default(1),
});
export type SpeedPolicy = z.infer<typeof SpeedPolicy>;

/** All levels, thresholds and limits of a verdict; `GatePolicy.parse({})` gives the defaults. */
export const GatePolicy = z.strictObject({
  /** False accepts over all attempts on one holdout version. */
  alpha: z.number().positive().max(0.5).default(0.05),
  minSessions: z.int().positive().default(3),
  /** Sessions that the gate may ask for in all: trials of a flaky variant, more pairs, retries after infrastructure errors. */
  maxSessions: z.int().positive().default(10),
  pairsPerSession: z.int().positive().default(5),
  speed: SpeedPolicy.prefault({}),
  /** Pairs of a guard's first look; one that looks slower there gets `speed.minPairs`. */
  guardPairs: z.int().positive().default(3),
  writePairs: z.int().positive().default(5),
  /** The most that a write may take, candidate ÷ base. */
  writeSlowdown: z.number().min(1).default(2),
  /** The most disk that the candidate may add, bytes. */
  storageBytes: z
    .number()
    .positive()
    .default(2 ** 30),
  /** Above this share of trials ended by infrastructure errors nothing is concluded. */
  maxInfraShare: z.number().min(0).max(1).default(0.25),
});
export type GatePolicy = z.infer<typeof GatePolicy>;
