import type { FinishedLoop } from '../tests/support/gate-command.ts';

/** A figure beside its bar. */
export interface Finding {
  what: string;
  figure: number;
  bar: string;
  met: boolean;
  /** What a person looks at where it is missed. */
  detail?: string[];
}

export interface AcceptanceRun {
  /** Where states and targets of this run lie. */
  folder: string;
  seed: number;
  /** The flights loop that the gate's parts look at; `start` makes it where none is named. */
  flights: () => Promise<FlightsState>;
  say: (line: string) => void;
}

export interface FlightsState extends FinishedLoop {
  branches: string[];
}

export type Part = (run: AcceptanceRun) => Promise<Finding[]>;

export const atLeast = (what: string, figure: number, bar: number): Finding => ({
  what,
  figure,
  bar: `≥ ${bar}`,
  met: figure >= bar,
});

export const atMost = (what: string, figure: number, bar: number, detail: string[] = []): Finding => ({
  what,
  figure,
  bar: `≤ ${bar}`,
  met: figure <= bar,
  ...(detail.length > 0 ? { detail } : {}),
});
