import path from 'node:path';

/** A change that was tried. */
export interface Mutant {
  file: string;
  line: number;
  mutator: string;
  replacement: string;
  status: string;
}

export interface Part {
  folder: string;
  mutants: readonly Mutant[];
}

export interface Counts {
  killed: number;
  timeout: number;
  survived: number;
  /** No test runs the changed code: it survives as well. */
  uncovered: number;
}

export interface Score {
  /** Of the changes to what code does, the share that tests noticed; a change that never ends is noticed. */
  score: number;
  /** The same with the changes to texts. */
  scoreWithTexts: number;
  counts: Counts;
  countsWithTexts: Counts;
}

/**
 * Most strings are sentences for people, and a test that repeats them can only say that nobody reworded them. Of the
 * strings that decide something the compiler knows most: they are members of unions.
 */
const TEXT = 'StringLiteral';

export function scoreOf(mutants: readonly Mutant[]): Score {
  const counts = countsOf(mutants.filter(({ mutator }) => mutator !== TEXT));
  const countsWithTexts = countsOf(mutants);
  return { score: shareOf(counts), scoreWithTexts: shareOf(countsWithTexts), counts, countsWithTexts };
}

function countsOf(mutants: readonly Mutant[]): Counts {
  const count = (wanted: string) => mutants.filter(({ status }) => status === wanted).length;
  return {
    killed: count('Killed'),
    timeout: count('Timeout'),
    survived: count('Survived'),
    uncovered: count('NoCoverage'),
  };
}

function shareOf({ killed, timeout, survived, uncovered }: Counts): number {
  const all = killed + timeout + survived + uncovered;
  return all === 0 ? 1 : (killed + timeout) / all;
}

export function survivorsOf(mutants: readonly Mutant[]): Mutant[] {
  return mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
}

/** Files by their folder. */
export function partsOf(files: readonly string[]): Map<string, string[]> {
  const parts = new Map<string, string[]>();
  for (const file of files) {
    const folder = path.posix.dirname(file);
    parts.set(folder, [...(parts.get(folder) ?? []), file]);
  }
  return parts;
}
