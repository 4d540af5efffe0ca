import type { CodeContext } from '../../workflows/code-context.ts';
import { runSuiteSeparately } from './run-suite-separately.ts';
import { runSuiteTogether } from './run-suite-together.ts';
import type { SuiteRun } from './suite-run.ts';
import type { Variation } from './variation.ts';

export interface SuiteRequest {
  /** Image of the arm. */
  code: string;
  purpose: string;
  variation?: Variation;
  /** Only the tests in these files, where the runner can be told; others may run as well. */
  files?: readonly string[];
  /** Only the tests of these names (titles joined by blanks), where they run apart from the code. */
  named?: readonly string[];
}

/** Runs tests of the base once on an arm, in fresh containers without a network. */
export async function runSuite(context: CodeContext, request: SuiteRequest): Promise<SuiteRun> {
  const { tests } = context.images;
  if (tests === null) return runSuiteTogether(context, request);
  return (await runSuiteSeparately(context, { ...request, tests })).run;
}
