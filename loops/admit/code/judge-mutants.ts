import type { Found } from './judge-grounds.ts';
import type { SourceChange } from './mutants/source-change.ts';

/** Of the slips in what the oracle adds, so many must be noticed (gate.md). */
const LEAST_KILLED = 0.8;

export interface MutantRun {
  mutant: SourceChange;
  killed: boolean;
}

export function notWeak(runs: readonly MutantRun[] | null): Found {
  if (runs === null) return { passed: null, detail: 'no oracle' };
  if (runs.length === 0) return { passed: null, detail: 'nothing that the oracle adds can be slipped in' };
  const survivors = runs.filter(({ killed }) => !killed).map(({ mutant }) => mutant);
  const killed = runs.length - survivors.length;
  const listed = survivors
    .map(
      ({ operator, file, line, original, mutated }) =>
        `${operator} at ${file}:${line}: ${original} → ${mutated}`,
    )
    .join('; ');
  const detail = `${killed} of ${runs.length} mutants killed${listed === '' ? '' : `, not ${listed}`}`;
  return { passed: killed / runs.length >= LEAST_KILLED, detail };
}
