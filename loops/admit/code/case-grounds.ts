import { type CodeCase, fileOfTest, testsOf } from '../../../datasets/cases/code-case.ts';
import { codeInstruction } from '../../../datasets/cases/code-case-folder.ts';
import type { SuiteRun } from '../../verify/code/suite-run.ts';
import type { VariedRun } from './base-runs.ts';
import { type AddedLines, type Oracle, partOf } from './oracle.ts';
import { reachOf } from './reach.ts';
import { readTestText, type TestText } from './test-text.ts';

/** One oracle, run as a verdict runs it. */
export interface OracleRuns {
  oracle: Oracle;
  plain: SuiteRun[];
  /** Empty for an oracle that is no case's first. */
  varied: VariedRun[];
}

/** A run of one test of each of several cases, and of no other. */
export interface AloneRun {
  tests: ReadonlySet<string>;
  /** Null on the base. */
  oracle: string | null;
  run: SuiteRun;
}

/** An oracle as far as it is about one case. */
export interface Solution extends OracleRuns {
  part: Map<string, AddedLines>;
  /** Tests that pass on the base and whose files reach what the oracle changes for this case. */
  guards: string[];
}

/** What a case is admitted by besides runs of the base. */
export interface CaseGrounds {
  /** In the order in which the oracles were given: those that touch what the case's tests import. */
  solutions: Solution[];
  /** Null where tests cannot be run one by one. */
  alone: AloneRun[] | null;
  test: TestText;
  /** All that a fixer is told. */
  instruction: string;
  /** Texts of the fixer's checkout. */
  checkout: ReadonlyMap<string, string>;
}

export function groundsOf(
  draft: CodeCase,
  {
    oracles,
    alone,
    texts,
  }: { oracles: readonly OracleRuns[]; alone: AloneRun[] | null; texts: ReadonlyMap<string, string> },
): CaseGrounds {
  const tests = testsOf(draft);
  const files = [...new Set(tests.map(({ file }) => file))];
  const solutions = oracles.length === 0 ? [] : solutionsOf(draft, files, { oracles, texts });
  const [text, ...others] = files.map((file) =>
    readTestText(
      texts.get(file) ?? '',
      tests.filter((test) => test.file === file),
    ),
  );
  if (!text || others.length > 0)
    throw new Error(`${draft.id} is of ${files.length} files: a pattern is of one`);
  const checkout = new Map([...texts].filter(([file]) => !files.includes(file)));
  return { solutions, alone, test: text, instruction: codeInstruction(draft, ''), checkout };
}

/** Of the oracles those that touch what the case's tests import, with or without them. */
function solutionsOf(
  draft: CodeCase,
  files: readonly string[],
  { oracles, texts }: { oracles: readonly OracleRuns[]; texts: ReadonlyMap<string, string> },
): Solution[] {
  const reachedBy = (all: ReadonlyMap<string, string>) => files.flatMap((file) => [...reachOf(file, all)]);
  const reached = reachedBy(texts);
  const guardFiles = new Map(draft.guards.map((id) => [id, fileOfTest(draft, id) ?? '']));
  const reachOfFile = new Map([...new Set(guardFiles.values())].map((file) => [file, reachOf(file, texts)]));
  return oracles.flatMap((runs) => {
    const part = partOf(runs.oracle, new Set([...reached, ...reachedBy(withOracle(texts, runs.oracle))]));
    if (part.size === 0) return [];
    const guards = draft.guards.filter((id) =>
      [...part.keys()].some((file) => reachOfFile.get(guardFiles.get(id) ?? '')?.has(file)),
    );
    return [{ ...runs, part, guards }];
  });
}

const withOracle = (texts: ReadonlyMap<string, string>, { sources }: Oracle): Map<string, string> =>
  new Map([...texts, ...sources]);
