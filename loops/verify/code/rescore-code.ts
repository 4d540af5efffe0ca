import { type CodeCase, testIdsOf } from '../../../datasets/cases/code-case.ts';
import type { TestReport } from '../../../datasets/reports/test-report.ts';
import {
  type BesideRun,
  type CodeEvidence,
  evidenceTests,
  type SuiteTrial,
} from '../../gate/code/code-evidence.ts';
import type { TrialOutcome } from '../../gate/evidence.ts';
import type { RescoredTrial } from '../rescored-trial.ts';
import { outcomeOf, type SuiteRun } from './suite-run.ts';

/** Reports as they are read today, by the SHA-256 of what was written. */
export type Reports = ReadonlyMap<string, TestReport>;

/**
 * The evidence of a gate on code under the case as it is now and today's rules, from the reports that its runs wrote. A run
 * whose report was not kept stays as it was, and its trials are `unknown`.
 */
export function rescoreCode(
  evidence: CodeEvidence,
  after: CodeCase,
  reports: Reports,
): { evidence: CodeEvidence; trials: RescoredTrial[] } {
  const own = testIdsOf(after);
  const trials: RescoredTrial[] = [];
  const seen = new Set<string>();
  const runs = evidence.runs.map((run, at): SuiteTrial => {
    // An arm's first run was of all tests; what a later one was not made for may be in its files nonetheless.
    const isWhole = !seen.has(run.arm);
    seen.add(run.arm);
    const again = rescoreRun(run, { asked: [...own, ...after.guards], isWhole, reports });
    for (const one of again.trials) trials.push({ arm: run.arm, session: at, ...one });
    return { ...run, outcomes: again.outcomes };
  });
  const beside = evidence.beside?.map((run) => ({
    ...run,
    outcomes: rescoreRun(run, { asked: [...own, ...after.besideGuards], isWhole: true, reports }).outcomes,
  }));
  const { twin } = evidence;
  const isTwinKept = twin === null || twin === 'none' || after.hidden.some(({ id }) => id === twin.test);
  return {
    evidence: {
      ...evidence,
      tests: evidenceTests(after),
      guards: after.guards,
      besideGuards: after.besideGuards,
      beside: beside ?? null,
      runs,
      twin: isTwinKept ? twin : null,
    },
    trials,
  };
}

interface RunAgain {
  outcomes: Record<string, TrialOutcome>;
  trials: Pick<RescoredTrial, 'variant' | 'from' | 'to' | 'why'>[];
}

function rescoreRun(
  run: BesideRun,
  { asked, isWhole, reports }: { asked: readonly string[]; isWhole: boolean; reports: Reports },
): RunAgain {
  const kept = runOf(run, reports);
  const before = Object.entries(run.outcomes);
  if (!kept) {
    const unknown = { to: 'unknown' as const, why: 'its report was not kept' };
    return {
      outcomes: run.outcomes,
      trials: before.map(([variant, from]) => ({ variant, from, ...unknown })),
    };
  }
  const reported = new Map(
    kept.ended === 'reported' ? kept.report.tests.map((test) => [test.id, test.outcome]) : [],
  );
  const of = asked.filter((id) => isWhole || id in run.outcomes || reported.has(id));
  const outcomes = Object.fromEntries(of.map((id) => [id, outcomeOf(kept, id)]));
  const trials = before.map(([variant, from]) => {
    const to = outcomes[variant];
    return to === undefined
      ? { variant, from, to: 'not-asked' as const, why: 'the case has no such test any more' }
      : { variant, from, to, why: `its report says ${reported.get(variant) ?? 'nothing of it'}` };
  });
  return { outcomes, trials };
}

function runOf({ ended, report, detail, wallMs }: BesideRun, reports: Reports): SuiteRun | undefined {
  if (ended !== 'reported') return { ended, detail, wallMs };
  const read = report === null ? undefined : reports.get(report);
  return read && { ended, report: read, text: '', signs: [], wallMs };
}
