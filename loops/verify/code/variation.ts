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

/** A command for which, and for all that it starts, the clock is moved; time goes on at its own pace. */
export function atAnotherTime(command: readonly string[], { days }: Variation): string[] {
  return days === undefined ? [...command] : ['faketime', '-f', `${days < 0 ? '' : '+'}${days}d`, ...command];
}

/** What a process is told of its surroundings. */
export function surroundings({ timeZone, days }: Variation): Record<string, string> {
  return {
    ...(timeZone === undefined ? {} : { TZ: timeZone }),
    // Waiting is by the monotonic clock, which nothing that a test asserts should depend on.
    ...(days === undefined ? {} : { FAKETIME_DONT_FAKE_MONOTONIC: '1' }),
  };
}

/** The time limit of a run: on a third of a processor it is three times as long, since what is looked for is other outcomes. */
export function timeLimitMs(timeoutMs: number, { cpus = 1 }: Variation): number {
  return Math.ceil(timeoutMs / Math.min(1, cpus));
}
