/** What a run may be made to differ in, so that what depends on it shows itself. */
export interface Variation {
  /** Seed of another order of the tests, where the runner can be given one. */
  shuffle?: number;
  timeZone?: string;
  /** Days that the clock is moved by. */
  days?: number;
  /** Share of one processor. */
  cpus?: number;
}
