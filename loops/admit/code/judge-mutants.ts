import type { DrawnMutant } from './draw-mutants.ts';
import type { Found } from './judge-grounds.ts';

/** Of the slips in what the oracle adds, so many must be noticed (gate.md). */
const LEAST_KILLED = 0.8;

export interface MutantRun extends DrawnMutant {
  killed: boolean;
}

export function notWeak(runs: readonly MutantRun[] | null): Found {
  if (runs === null) return { passed: null, detail: 'no oracle' };
  if (runs.length === 0) return { passed: null, detail: 'nothing that the oracle adds can be slipped in' };
  const own = runs.filter(({ beside }) => !beside);
  // Of a few that the oracle's lines allow, one that changes nothing would decide alone: those beside them are counted then.
  const counted = isEnough(own) || !own.some(({ killed }) => killed) ? own : runs;
  const survivors = counted.filter(({ killed }) => !killed).map(({ mutant }) => mutant);
  const killed = counted.length - survivors.length;
  const listed = survivors
    .map(
      ({ operator, file, line, original, mutated }) =>
        `${operator} at ${file}:${line}: ${original} → ${mutated}`,
    )
    .join('; ');
  const detail = `${killed} of ${counted.length} mutants killed${listed === '' ? '' : `, not ${listed}`}`;
  return { passed: isEnough(counted), detail };
}

const isEnough = (runs: readonly MutantRun[]): boolean =>
  runs.filter(({ killed }) => killed).length / runs.length >= LEAST_KILLED;
