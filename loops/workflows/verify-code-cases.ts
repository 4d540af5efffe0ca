import path from 'node:path';
import { type CodeCase, testIdsOf, testsOf } from '../../datasets/cases/code-case.ts';
import { readCodeCase } from '../../datasets/cases/code-case-folder.ts';
import type { Finding } from '../../datasets/cases/dataset.ts';
import { Fault } from '../../datasets/fault.ts';
import { decisiveFiles } from '../admit/code/decisive-files.ts';
import { withArm } from '../admit/code/with-arm.ts';
import { runSuite } from '../verify/code/run-suite.ts';
import { runSuiteTogether } from '../verify/code/run-suite-together.ts';
import { outcomeOf, type SuiteRun } from '../verify/code/suite-run.ts';
import type { CodeContext } from './code-context.ts';

/** Runs of all tests; admission made more, and a dataset is verified more often. */
const RUNS = 3;

/** Tests that one finding names. */
const NAMED = 3;

/**
 * Runs what frozen cases of code claim: on the base their tests fail in every run and their guards pass in every one, and with the
 * oracle, where one is known, all of them pass. `ids` are those whose bytes are as they were frozen.
 */
export async function verifyCodeCases(
  context: CodeContext,
  { folder, ids }: { folder: string; ids: readonly string[] },
): Promise<Finding[]> {
  const { target, images } = context;
  if (ids.length === 0) return [];
  const cases = await Promise.all(ids.map((id) => readCodeCase(path.join(folder, 'cases', id))));
  const decisive = await decisiveFiles(target, images.revision);
  const base = await repeat(context, 'the base', (purpose) =>
    runSuite(context, { code: images.base, purpose }),
  );
  const beside =
    images.tests === null
      ? []
      : await repeat(context, 'the base, beside it', (purpose) =>
          runSuiteTogether(context, { code: images.base, purpose }),
        );
  // Cases may share one.
  const oracles = new Map<string, SuiteRun[] | undefined>();
  for (const oracle of new Set(cases.flatMap((codeCase) => codeCase.oracle ?? [])))
    oracles.set(oracle, await runOracle(context, oracle));
  const findings: Finding[] = [];
  for (const codeCase of cases) {
    const problems = [
      ...movedTests(codeCase, decisive),
      ...baseProblems(codeCase, { base, beside }),
      ...oracleProblems(codeCase, oracles),
    ];
    for (const problem of problems) findings.push({ case: codeCase.id, path: '', problem });
  }
  return findings;
}

async function repeat(
  { progress, signal }: CodeContext,
  what: string,
  run: (purpose: string) => Promise<SuiteRun>,
): Promise<SuiteRun[]> {
  const runs: SuiteRun[] = [];
  for (let at = 1; at <= RUNS; at++) {
    signal.throwIfAborted();
    progress(`tests of ${what}, ${at} of ${RUNS}`);
    runs.push(await run(`verify ${what}`));
  }
  return runs;
}

/** Files of its tests that are not what it was admitted with. */
function movedTests(codeCase: CodeCase, now: Readonly<Record<string, string>>): string[] {
  const files = [...new Set(testsOf(codeCase).map(({ file }) => file))];
  const moved = files.filter((file) => codeCase.decisive[file] !== now[file]);
  return moved.length === 0 ? [] : [`its tests are others on the base now: ${some(moved)}`];
}

function baseProblems(
  codeCase: CodeCase,
  { base, beside }: { base: readonly SuiteRun[]; beside: readonly SuiteRun[] },
): string[] {
  const problems: string[] = [];
  const own = testIdsOf(codeCase);
  const mended = own.filter((id) => passesOf(base, id) === RUNS);
  const flaky = own.filter((id) => passesOf(base, id) > 0 && !mended.includes(id));
  if (mended.length > 0) problems.push(`passes on the base as it is: ${some(mended)}`);
  if (flaky.length > 0) problems.push(`flaky on the base: ${some(flaky)}`);
  const failing = [
    ...codeCase.guards.filter((id) => passesOf(base, id) < RUNS),
    ...(beside.length > 0 ? codeCase.besideGuards.filter((id) => passesOf(beside, id) < RUNS) : []),
  ];
  if (failing.length > 0)
    problems.push(`a guard that does not pass in all of ${RUNS} runs: ${some([...new Set(failing)])}`);
  return problems;
}

/** Undefined where it does not apply to the base. */
async function runOracle(context: CodeContext, oracle: string): Promise<SuiteRun[] | undefined> {
  try {
    return await withArm(context, oracle, (code) =>
      repeat(context, 'an oracle', (purpose) => runSuite(context, { code, purpose })),
    );
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'oracle-does-not-apply') throw error;
    return undefined;
  }
}

function oracleProblems(
  codeCase: CodeCase,
  oracles: ReadonlyMap<string, readonly SuiteRun[] | undefined>,
): string[] {
  if (codeCase.oracle === null) return [];
  const runs = oracles.get(codeCase.oracle);
  if (runs === undefined) return ['the oracle does not apply to the base'];
  const failing = [...testIdsOf(codeCase), ...codeCase.guards].filter((id) => passesOf(runs, id) < RUNS);
  return failing.length === 0 ? [] : [`the oracle does not pass in all of ${RUNS} runs: ${some(failing)}`];
}

const passesOf = (runs: readonly SuiteRun[], id: string): number =>
  runs.filter((run) => outcomeOf(run, id) === 'passed').length;

const some = (all: readonly string[]): string =>
  `${all.slice(0, NAMED).join(', ')}${all.length > NAMED ? ` and ${all.length - NAMED} more` : ''}`;
