import { declarationsAt } from './declarations-at.ts';
import { emitted } from './emitted.ts';
import { seedFaults } from './mutants/seed-faults.ts';
import type { SourceChange } from './mutants/source-change.ts';
import type { AddedLines, Oracle } from './oracle.ts';

/** Of one case: each costs a run beside the code. */
const MOST = 10;
/** Of fewer, one that no test could notice, since it changes nothing, would decide alone. */
const ENOUGH = 5;

export interface DrawnMutant {
  mutant: SourceChange;
  /** Not in a line that the oracle adds, but in the rest of a declaration that it mends. */
  beside?: boolean;
}

/**
 * Slips in what an oracle adds, at most ten, drawn by the seed. Where that is a line or two in which few slips can be made, those
 * in the rest of the declarations that it mends make them up to five. One that compiles to what another or the oracle compiles to is
 * none.
 */
export function drawMutants(
  { sources }: Oracle,
  part: ReadonlyMap<string, AddedLines>,
  random: () => number,
): DrawnMutant[] {
  const seen = new Set<string>();
  const own: SourceChange[] = [];
  const around: SourceChange[] = [];
  for (const [file, lines] of part) {
    const text = sources.get(file) ?? '';
    seen.add(emitted(text));
    const mended = declarationsAt(text, lines);
    for (const fault of seedFaults(text, file, sources)) {
      if (lines.has(fault.line)) own.push(fault);
      else if (mended.some(({ first, last }) => fault.line >= first && fault.line <= last))
        around.push(fault);
    }
  }
  const isNew = (mutant: SourceChange): boolean => {
    const code = emitted(mutant.apply());
    return !seen.has(code) && Boolean(seen.add(code));
  };
  const drawn = shuffled(own, random)
    .filter(isNew)
    .slice(0, MOST)
    .map((mutant): DrawnMutant => ({ mutant }));
  if (drawn.length === 0 || drawn.length >= ENOUGH) return drawn;
  const beside = shuffled(around, random).filter(isNew);
  return [...drawn, ...beside.map((mutant) => ({ mutant, beside: true }))].slice(0, ENOUGH);
}

const shuffled = <T>(items: readonly T[], random: () => number): T[] =>
  items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
