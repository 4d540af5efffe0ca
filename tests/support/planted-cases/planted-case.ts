import type { AdmissionCheck } from '../../../datasets/cases/case.ts';

/** What may be wrong with a case, in the order in which the bar of admission names it. */
export const KINDS = [
  'over-narrow',
  'weak',
  'leaked',
  'order-dependent',
  'time-bomb',
  'network',
  'flaky',
  'duplicate',
  'wrong-reference',
] as const;
export type Kind = (typeof KINDS)[number];

/** Tests that fail on the base, with the code that they are about. */
export interface PlantedCase {
  /** `sound`: nothing is wrong with it, and it has to be admitted. */
  kind: Kind | 'sound';
  /** Which of the ways to be of that kind. */
  form: string;
  /** Files of the base, by path; one of them is the module with the fault. */
  files: Record<string, string>;
  /** What the right solution makes of the module. */
  fix: Record<string, string>;
  /** What another right solution makes of it, where somebody has one. */
  otherFix?: Record<string, string>;
  /** `file > suite`, or the file of tests without one, of each pattern that its tests make. */
  patterns: string[];
}

/**
 * Checks that may refuse a kind for what is wrong with it: by some forms it shows in one, by others in another. A refusal by
 * any other check would be luck.
 */
export const CHECKS_OF: Record<Kind, readonly AdmissionCheck['check'][]> = {
  'over-narrow': ['not-narrow', 'two-right-solutions'],
  weak: ['not-weak'],
  leaked: ['no-leak'],
  'order-dependent': ['deterministic', 'alone'],
  'time-bomb': ['not-dated', 'deterministic', 'oracle-passes'],
  network: ['offline', 'separable', 'oracle-passes'],
  // A trial more or less decides which run shows it first.
  flaky: ['fails-before', 'separable', 'no-op-fails', 'deterministic', 'not-dated', 'oracle-passes', 'alone'],
  duplicate: ['not-duplicate'],
  'wrong-reference': ['oracle-passes', 'deterministic', 'not-dated', 'alone', 'two-right-solutions'],
};
