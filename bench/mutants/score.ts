/** A change that was tried. */
export interface Mutant {
  file: string;
  line: number;
  mutator: string;
  replacement: string;
  status: string;
}

interface Counts {
  killed: number;
  /** It did not end, which the clock notices. */
  timeout: number;
  survived: number;
  /** No test runs the changed code: it survives as well. */
  uncovered: number;
}

export interface Score {
  /** Of the changes to what code does, the share that was noticed. */
  score: number;
  /** The same with the changes to texts. */
  scoreWithTexts: number;
  counts: Counts;
  countsWithTexts: Counts;
}

export interface FolderResult extends Score {
  folder: string;
  wallMs: number;
  survivors: Mutant[];
}

/**
 * Most strings are sentences for people, and a test that repeats them can only say that nobody reworded them. Of the
 * strings that decide something the compiler knows most: they are members of unions. So these are tried and reported, and
 * the bar is on the others.
 */
const TEXT = 'StringLiteral';

export function resultOf(folder: string, mutants: readonly Mutant[], wallMs: number): FolderResult {
  const counts = countsOf(mutants.filter(({ mutator }) => mutator !== TEXT));
  const survivors = mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
  return { folder, wallMs, ...scoreOf(counts, countsOf(mutants)), survivors };
}

export function total(folders: readonly Score[]): Score {
  return scoreOf(
    sum(folders.map(({ counts }) => counts)),
    sum(folders.map(({ countsWithTexts }) => countsWithTexts)),
  );
}

function scoreOf(counts: Counts, countsWithTexts: Counts): Score {
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

function sum(all: readonly Counts[]): Counts {
  const of = (key: keyof Counts) => all.reduce((most, counts) => most + counts[key], 0);
  return {
    killed: of('killed'),
    timeout: of('timeout'),
    survived: of('survived'),
    uncovered: of('uncovered'),
  };
}

function shareOf({ killed, timeout, survived, uncovered }: Counts): number {
  const all = killed + timeout + survived + uncovered;
  return all === 0 ? 1 : (killed + timeout) / all;
}
