import ts from 'typescript';
import { seedFaults } from './mutants/seed-faults.ts';
import type { SourceChange } from './mutants/source-change.ts';
import type { AddedLines, Oracle } from './oracle.ts';

/** Of one case: each costs a run beside the code. */
const MOST = 10;

/**
 * Slips in what an oracle adds, at most ten, drawn by the seed. One that compiles to what another or the oracle compiles to is
 * none.
 */
export function drawMutants(
  { sources }: Oracle,
  part: ReadonlyMap<string, AddedLines>,
  random: () => number,
): SourceChange[] {
  const seen = new Set<string>();
  const mutants = [...part].flatMap(([file, lines]) => {
    const text = sources.get(file) ?? '';
    seen.add(emitted(text));
    return seedFaults(text, file, sources).filter((fault) => lines.has(fault.line));
  });
  return mutants
    .map((mutant) => ({ mutant, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ mutant }) => mutant)
    .filter((mutant) => {
      const code = emitted(mutant.apply());
      return !seen.has(code) && seen.add(code);
    })
    .slice(0, MOST);
}

const emitted = (text: string): string =>
  ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, removeComments: true },
  }).outputText;
