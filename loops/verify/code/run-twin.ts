import type { CodeCase } from '../../../datasets/cases/code-case.ts';
import type { CodeEvidence } from '../../gate/code/code-evidence.ts';
import type { CodeContext } from '../../workflows/code-context.ts';
import { runSuiteSeparately } from './run-suite-separately.ts';
import { outcomeOf } from './suite-run.ts';

/**
 * Runs a candidate on a twin of the case: the first expectation of one hidden test is its opposite there, so that no right
 * code passes. `none` where tests and code share a process, or the test expects nothing that could be turned.
 */
export async function runTwin(
  context: CodeContext,
  codeCase: CodeCase,
  candidate: string,
): Promise<CodeEvidence['twin']> {
  const { tests } = context.images;
  const [test] = codeCase.hidden;
  if (tests === null || test === undefined) return 'none';
  const { run, turned } = await runSuiteSeparately(context, {
    tests,
    code: candidate,
    purpose: `twin of ${codeCase.id}`,
    twin: test,
  });
  if (turned === undefined) return 'none';
  return { test: test.id, outcome: outcomeOf(run, test.id), detail: `the opposite of its first ${turned}` };
}
