import { Fault } from '../../datasets/fault.ts';
import type { BaseMeasure, ExplorationLimits } from './exploration.ts';
import type { Subject } from './plan.ts';
import type { BaseFinding } from './runner/job.ts';
import type { Runner } from './runner/open-runner.ts';
import { type Reference, settledMs } from './try-plans.ts';

/** The second run shows what the first spent on cold pages; in a longer first one that hardly shows. */
const RUNS = 2;
const REPEAT_WITHIN_MS = 400;

/** The right rows of each visible parameter set, and how long the base takes. A set that is cut has no reference. */
export async function measureBase(
  runner: Runner,
  subject: Subject,
  limits: ExplorationLimits,
): Promise<{ references: Reference[]; base: BaseMeasure }> {
  const { sql, params: paramSets, ordered } = subject;
  const findings = await runner.base({
    sql,
    ddl: [],
    buildLimitMs: limits.buildMs,
    paramSets,
    ordered,
    limitMs: limits.baseMs,
    runs: RUNS,
    repeatWithinMs: REPEAT_WITHIN_MS,
  });
  const failed = findings.find(({ state }) => state === 'failed');
  if (failed !== undefined && failed.state === 'failed') {
    throw new Fault(
      'base_query_failed',
      `The query ${subject.query} fails on its own data: ${failed.message}`,
      {
        hint: 'Run it by hand with the visible parameters of the case; a case whose base fails cannot be explored.',
      },
    );
  }
  const slowest = findings.toSorted((a, b) => settledMs(b.ms) - settledMs(a.ms))[0];
  return {
    references: referencesOf(findings, paramSets),
    base: {
      medianMs: slowest === undefined ? 0 : settledMs(slowest.ms),
      plan: slowest?.state === 'ok' ? slowest.plan : null,
    },
  };
}

export function referencesOf(
  findings: readonly BaseFinding[],
  paramSets: readonly (string | null)[][],
): Reference[] {
  return findings.flatMap((finding) => {
    const params = paramSets[finding.set];
    if (finding.state !== 'ok' || params === undefined) return [];
    return [{ params, digest: finding.digest, result: finding.result, baseMs: settledMs(finding.ms) }];
  });
}

export function slowestMs(references: readonly Reference[]): number {
  return Math.max(0, ...references.map(({ baseMs }) => baseMs));
}
