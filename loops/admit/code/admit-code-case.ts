import { isDeepStrictEqual } from 'node:util';
import type { AdmissionCheck } from '../../../datasets/cases/case.ts';
import { type CodeCase, testIdsOf, testsOf } from '../../../datasets/cases/code-case.ts';
import { jaccard } from '../../gate/statistics/jaccard.ts';
import { messageOf, outcomeOf, type SuiteRun } from '../../verify/code/suite-run.ts';
import type { BaseRuns } from './base-runs.ts';
import type { CaseGrounds } from './case-grounds.ts';
import { firstLine, wordsOf } from './failure-words.ts';
import {
  alone,
  type Found,
  noLeak,
  notNarrow,
  offline,
  oraclePasses,
  solvedWhen,
  twoRightSolutions,
} from './judge-grounds.ts';

export interface CodeAdmission {
  admitted: boolean;
  certificate: AdmissionCheck[];
}

/** A case with what it was admitted by. */
export interface Grounded {
  draft: CodeCase;
  grounds: CaseGrounds;
}

/**
 * The admission checks on a draft, from runs of the base and of oracles: a pure function of what those runs reported. `others`
 * are the cases admitted before it. Mutants are run for what passes here alone, and `not-weak` follows.
 */
export function admitCodeCase(
  { draft, grounds }: Grounded,
  runs: BaseRuns,
  others: readonly Grounded[],
): CodeAdmission {
  const checks: [AdmissionCheck['check'], () => Found][] = [
    ['reported', () => reported(runs)],
    ['offline', () => offline(draft, runs)],
    ['fails-before', () => failsBefore(draft, runs)],
    ['separable', () => separable(draft, runs)],
    ['no-op-fails', () => failsBefore(draft, runs)],
    ['deterministic', () => failsWhen(draft, runs, 'deterministic')],
    ['not-dated', () => failsWhen(draft, runs, 'not-dated')],
    ['guarded', () => guarded(draft)],
    ['not-duplicate', () => notDuplicate({ draft, grounds }, others)],
    ['oracle-passes', () => oraclePasses(draft, grounds)],
    ['deterministic', () => solvedWhen(draft, grounds, 'deterministic')],
    ['not-dated', () => solvedWhen(draft, grounds, 'not-dated')],
    ['alone', () => alone(draft, grounds)],
    ['two-right-solutions', () => twoRightSolutions(draft, grounds)],
    ['not-narrow', () => notNarrow(grounds)],
    ['no-leak', () => noLeak(grounds)],
  ];
  const certificate: AdmissionCheck[] = [];
  for (const [check, run] of checks) {
    const started = performance.now();
    const { passed, detail } = run();
    certificate.push({ check, passed, detail, ms: performance.now() - started });
    if (passed === false) return { admitted: false, certificate };
  }
  return { admitted: true, certificate };
}

function reported({ beside, plain, failing, varied }: BaseRuns): { passed: boolean; detail: string } {
  const alike = [...beside, ...plain, ...failing].map((run) => ({ run, what: '' }));
  const runs = [...alike, ...varied.map(({ run, what }) => ({ run, what: ` ${what}` }))];
  for (const { run, what } of runs) {
    if (run.ended !== 'reported')
      return { passed: false, detail: `a run of the base${what} ended otherwise: ${run.detail}` };
    const [problem] = run.report.problems;
    if (problem !== undefined) return { passed: false, detail: `a report of the base: ${problem}` };
  }
  return { passed: true, detail: `${runs.length} whole reports of the base` };
}

function failsBefore(draft: CodeCase, { plain, failing }: BaseRuns): { passed: boolean; detail: string } {
  const trials = [...plain, ...failing];
  for (const id of testIdsOf(draft)) {
    const passes = trials.filter((run) => outcomeOf(run, id) === 'passed').length;
    if (passes > 0)
      return { passed: false, detail: `${id} passes ${passes} of ${trials.length} base trials` };
  }
  return {
    passed: true,
    detail: `${testIdsOf(draft).length} tests fail ${trials.length} of ${trials.length} base trials`,
  };
}

/**
 * A test may fail apart from the code for no reason but that: it would go on failing whatever a patch does. Where it fails
 * in both ways with the same words, it fails for its own reason: once in each is enough, as a flaky test fails for others too.
 */
function separable(draft: CodeCase, { beside, plain, failing }: BaseRuns): Found {
  const words = (runs: readonly SuiteRun[], id: string) => runs.flatMap((run) => messageOf(run, id) ?? []);
  for (const { id, message } of testsOf(draft)) {
    const together = new Set([message, ...words(beside, id)].map(wordsOf));
    const apart = words([...plain, ...failing], id);
    if (!apart.some((said) => together.has(wordsOf(said)))) {
      const detail = `${id} fails otherwise when it runs as it is judged: ${firstLine(apart[0] ?? '(no message)')}`;
      return { passed: false, detail };
    }
  }
  return { passed: true, detail: 'they fail with the same words when they run as they are judged' };
}

function failsWhen(
  draft: CodeCase,
  { varied }: BaseRuns,
  check: 'deterministic' | 'not-dated',
): { passed: boolean; detail: string } {
  const runs = varied.filter((one) => one.check === check);
  for (const { what, run } of runs) {
    const other = testIdsOf(draft).find((id) => outcomeOf(run, id) !== 'failed');
    if (other !== undefined) return { passed: false, detail: `${other} does not fail ${what}` };
  }
  return { passed: true, detail: `they fail ${runs.map(({ what }) => what).join(', ')}` };
}

function guarded({ guards }: CodeCase): { passed: boolean; detail: string } {
  return guards.length > 0
    ? { passed: true, detail: `${guards.length} tests pass in every run` }
    : { passed: false, detail: 'no test passes today: nothing would show what a patch breaks' };
}

/** Of two cases whose tests say nearly the same, the second asks nothing new (gate.md). */
const DUPLICATE = 0.8;

/** Of two cases that one solution mends, the second asks nothing new where it does the same to other values. */
const SAME_SHAPE = 0.95;

function notDuplicate({ draft, grounds }: Grounded, others: readonly Grounded[]): Found {
  const own = testIdsOf(draft).join('\n');
  const same = others.find((other) => {
    if (testIdsOf(other.draft).join('\n') === own) return true;
    // Where neither could be told from the rest of their file, they are not compared.
    const isOneFile = fileOf(draft) === fileOf(other.draft) && grounds.test.text === other.grounds.test.text;
    return !isOneFile && asksAlike(grounds, other.grounds);
  });
  return same
    ? { passed: false, detail: `asks what ${same.draft.id} asks` }
    : { passed: true, detail: `${others.length} other cases ask other things` };
}

function asksAlike(one: CaseGrounds, other: CaseGrounds): boolean {
  if (jaccard(one.test.text, other.test.text) >= DUPLICATE) return true;
  const [own, theirs] = [one.solutions[0]?.part, other.solutions[0]?.part];
  const isOneSolution = own !== undefined && isDeepStrictEqual(own, theirs);
  return isOneSolution && jaccard(one.test.shape, other.test.shape) >= SAME_SHAPE;
}

const fileOf = ({ hidden }: CodeCase): string | undefined => hidden[0]?.file;
