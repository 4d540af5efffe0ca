import type { CodeCase } from '../../../datasets/cases/code-case.ts';
import type { Solution } from './case-grounds.ts';
import type { DrawnMutant } from './draw-mutants.ts';

/** Tests of a case that are run one by one, at most: each costs a run on the base and one on each oracle. */
const MOST_ALONE = 8;

/** A mutant of an oracle, to be run for a case. */
export interface Trial extends DrawnMutant {
  draft: CodeCase;
  solution: Solution;
}

/** Takes trials that do not touch what another of them touches, all of one oracle. */
export function takeRound(open: Trial[]): Trial[] {
  const round: Trial[] = [];
  const taken = new Set<string>();
  for (const trial of [...open]) {
    const files = [...trial.solution.part.keys()];
    if (files.some((file) => taken.has(file))) continue;
    if (round[0] && round[0].solution.oracle.name !== trial.solution.oracle.name) continue;
    for (const file of files) taken.add(file);
    open.splice(open.indexOf(trial), 1);
    round.push(trial);
  }
  return round;
}

/** Rounds of tests of which no two are in one file: each file has a process of its own. */
export function roundsOf(drafts: readonly CodeCase[]): CodeCase['hidden'][] {
  const rounds: CodeCase['hidden'][] = [];
  for (const { visible, hidden } of drafts) {
    for (const test of [...hidden, ...visible].slice(0, MOST_ALONE)) {
      const round = rounds.find((tests) => tests.every(({ file }) => file !== test.file));
      if (round) round.push(test);
      else rounds.push([test]);
    }
  }
  return rounds;
}
