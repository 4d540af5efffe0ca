import type { CodeCase } from '../../datasets/cases/code-case.ts';
import { Fault } from '../../datasets/fault.ts';
import { type FailurePattern, groupFailures } from '../../datasets/patterns/group-failures.ts';
import type { TestResult } from '../../datasets/reports/test-report.ts';
import type { CodeAdmission } from '../admit/code/admit-code-case.ts';
import { type BaseRuns, runBase, runBaseTogether } from '../admit/code/base-runs.ts';
import { decisiveFiles } from '../admit/code/decisive-files.ts';
import { draftCodeCase } from '../admit/code/draft-code-case.ts';
import type { GivenOracle } from '../admit/code/run-oracles.ts';
import { steadyTests } from '../admit/code/steady-tests.ts';
import type { SuiteRun } from '../verify/code/suite-run.ts';
import type { CodeContext } from './code-context.ts';
import type { FrozenVersion } from './freeze-cases.ts';
import { freezeCode } from './freeze-code.ts';

export interface CodeMineReport {
  patterns: number;
  admitted: { case: string; pattern: string; query: null; split: 'dev' }[];
  refused: { pattern: string; query: null; check: string; detail: string }[];
  /** The version that holds what was admitted; null where nothing was. */
  dataset: FrozenVersion | null;
}

/**
 * The base's own tests → patterns of failing ones → draft cases → admission → the next dataset version. `given`: right
 * solutions, by which a case is also asked whether it is fair, strong and sealed.
 */
export async function mineCode(
  context: CodeContext,
  given: readonly GivenOracle[] = [],
): Promise<CodeMineReport> {
  const { progress } = context;
  const first = await runBaseTogether(context, 'running the tests of the base');
  const patterns = groupFailures(testsOf(first));
  progress(
    `${patterns.reduce((sum, { tests }) => sum + tests.length, 0)} failing tests in ${patterns.length} patterns`,
  );
  const report: CodeMineReport = { patterns: patterns.length, admitted: [], refused: [], dataset: null };
  if (patterns.length === 0) return report;
  const files = [...new Set(patterns.flatMap(({ tests }) => tests.map(({ file }) => file)))];
  const runs = await runBase(context, { first, files });
  const drafts = await draftCases(context, patterns, runs);
  // It stands on the compiler of TypeScript: half a second and 100 MB that no other command should wait for.
  const { admitCodeCases } = await import('../admit/code/admit-code-cases.ts');
  const results = await admitCodeCases(context, drafts, { runs, given });
  const admitted: CodeCase[] = [];
  for (const { draft, admission } of results) {
    await record(context, draft, admission);
    const failed = admission.certificate.at(-1);
    if (admission.admitted) {
      admitted.push(draft);
      report.admitted.push({ case: draft.id, pattern: draft.pattern, query: null, split: 'dev' });
      progress(`admitted ${draft.id}`);
    } else {
      const { check, detail } = failed ?? { check: '', detail: '' };
      report.refused.push({ pattern: draft.pattern, query: null, check, detail });
      progress(`refused ${draft.id}: ${check}: ${detail}`);
    }
  }
  if (admitted.length > 0) report.dataset = await freezeCode(context, admitted);
  return report;
}

async function draftCases(
  { target, images }: CodeContext,
  patterns: readonly FailurePattern[],
  runs: BaseRuns,
): Promise<CodeCase[]> {
  const decisive = await decisiveFiles(target, images.revision);
  const { passing, passingBeside, failing } = steadyTests(runs);
  return patterns.map((pattern) => {
    // What fails only now and then is not part of a case; a pattern of nothing else is refused with what was seen.
    const steady = pattern.tests.filter(({ id }) => failing.has(id));
    return draftCodeCase(steady.length > 0 ? { ...pattern, tests: steady } : pattern, {
      guards: passing,
      besideGuards: images.tests === null ? [] : passingBeside,
      decisive,
    });
  });
}

function testsOf(run: SuiteRun): TestResult[] {
  if (run.ended === 'reported') return run.report.tests;
  throw new Fault('no-report', `The tests of the base gave no report that can be read: ${run.detail}`, {
    hint: 'tests.command must run in the target, without a network, and write the report that tests.report names',
  });
}

async function record(
  { state }: CodeContext,
  draft: CodeCase,
  { admitted, certificate }: CodeAdmission,
): Promise<void> {
  const last = certificate.at(-1);
  await state.cases.save({
    id: draft.id,
    pattern: draft.pattern,
    query: null,
    state: admitted ? 'admitted' : 'refused',
    check: admitted ? null : (last?.check ?? null),
    detail: admitted ? 'every check passed' : (last?.detail ?? ''),
    certificate,
    path: null,
    dataset: null,
    version: null,
    split: admitted ? 'dev' : null,
  });
}
