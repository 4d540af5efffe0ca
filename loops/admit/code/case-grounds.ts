import type { CodeCase } from '../../../datasets/cases/code-case.ts';
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

const fileOf = (id: string): string => id.split(' > ', 1)[0] ?? '';

export function groundsOf(
  draft: CodeCase,
  {
    oracles,
    alone,
    texts,
  }: { oracles: readonly OracleRuns[]; alone: AloneRun[] | null; texts: ReadonlyMap<string, string> },
): CaseGrounds {
  const tests = [...draft.visible, ...draft.hidden];
  const files = [...new Set(tests.map(({ file }) => file))];
  const reached = new Set(files.flatMap((file) => [...reachOf(file, texts)]));
  const reachOfFile = new Map(
    [...new Set(draft.guards.map(fileOf))].map((file) => [file, reachOf(file, texts)]),
  );
  const solutions = oracles.flatMap((runs): Solution[] => {
    const after = new Set([
      ...reached,
      ...files.flatMap((file) => [...reachOf(file, withOracle(texts, runs.oracle))]),
    ]);
    const part = partOf(runs.oracle, after);
    if (part.size === 0) return [];
    const guards = draft.guards.filter((id) =>
      [...part.keys()].some((file) => reachOfFile.get(fileOf(id))?.has(file)),
    );
    return [{ ...runs, part, guards }];
  });
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

const withOracle = (texts: ReadonlyMap<string, string>, { sources }: Oracle): Map<string, string> =>
  new Map([...texts, ...sources]);
