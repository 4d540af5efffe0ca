import type { AdmissionCheck, QueryCase, Variant } from '../../datasets/cases/case.ts';
import type { Arm } from '../target/arm.ts';
import { REFERENCE_LIMIT_MS, referenceRows } from '../verify/reference.ts';
import { BASE_TRIAL_STOP } from '../verify/run-session.ts';
import { noOpFails, notEmpty, sensitive, withoutOrder } from './judge-variants.ts';

/** Trials of the visible case on the base, all of which must fail (gate.md: 5 of 5 still admits a pass rate of 45 %). */
const BASE_TRIALS = 10;

export interface Admission {
  admitted: boolean;
  case: QueryCase;
  certificate: AdmissionCheck[];
}

/**
 * Runs the admission checks on a draft. `loose` holds the digests of its variants' rows whatever their order, `untold`
 * the tables of which no write changes the answer; `base` is an arm of the base revision, `onShuffled` lends one whose
 * tables hold the same rows in another physical order. The case comes back with `ordered` cleared where its order has ties.
 */
export async function admitCase(
  draft: QueryCase,
  { loose, untold }: { loose: ReadonlyMap<string, string>; untold: readonly string[] },
  base: Arm,
  onShuffled: <T>(use: (arm: Arm) => Promise<T>) => Promise<T>,
): Promise<Admission> {
  const certificate: AdmissionCheck[] = [];
  let current = draft;
  const check = async (
    name: AdmissionCheck['check'],
    run: () => Promise<{ passed: boolean; detail: string }>,
  ) => {
    const started = performance.now();
    const result = await run();
    certificate.push({ check: name, ...result, ms: performance.now() - started });
    return result.passed;
  };
  const admitted =
    (await check('not-empty', async () => notEmpty(current))) &&
    (await check('fails-before', () => failsBefore(current, base))) &&
    (await check('no-op-fails', async () => noOpFails(current))) &&
    (await check('deterministic', async () => {
      const result = await onShuffled((shuffled) => deterministic(current, loose, shuffled));
      if (result.ties) current = withoutOrder(current, loose);
      return result;
    })) &&
    (await check('two-right-solutions', () => twoRightSolutions(current, base))) &&
    (await check('sensitive', async () => sensitive(current, untold)));
  return { admitted, case: current, certificate };
}

/** Trials of the slow visible variants on the base, none of which may meet the objective. */
export async function failsBefore(
  { query, visible, objectiveMs }: QueryCase,
  base: Arm,
): Promise<{ passed: boolean; detail: string }> {
  const slow = visible.filter((variant) => variant.split === 'holdout');
  if (slow.length === 0) return { passed: false, detail: `within the objective of ${objectiveMs} ms today` };
  for (let trial = 0; trial < BASE_TRIALS; trial++) {
    const { params } = slow[trial % slow.length] as Variant;
    const reply = await base.ask(query, params, objectiveMs * BASE_TRIAL_STOP);
    if (reply.outcome === 'failed' || reply.outcome === 'gone') {
      return { passed: false, detail: `the target answered with an error: ${reply.error}` };
    }
    if (reply.outcome === 'answered' && reply.ms <= objectiveMs) {
      return {
        passed: false,
        detail: `trial ${trial + 1} of ${BASE_TRIALS} took ${reply.ms.toFixed(1)} ms: within the objective`,
      };
    }
  }
  return { passed: true, detail: `${BASE_TRIALS} of ${BASE_TRIALS} base trials fail` };
}

/** Variants that are run on the shuffled copy: one run each tells, and each costs a full run of the slow query. */
const SHUFFLED = { visible: 2, hidden: 1 };

async function deterministic(
  draft: QueryCase,
  loose: ReadonlyMap<string, string>,
  shuffled: Arm,
): Promise<{ passed: boolean; detail: string; ties?: boolean }> {
  const variants = [
    ...draft.visible.slice(0, SHUFFLED.visible),
    ...draft.hidden.filter((variant) => variant.kind === 'decile').slice(0, SHUFFLED.hidden),
  ];
  let ties = false;
  for (const variant of variants) {
    const options = { ordered: draft.ordered, limitMs: REFERENCE_LIMIT_MS };
    const there = await referenceRows(shuffled.sql, draft.sql, variant.params, options);
    if (there.sha256 === variant.sha256) continue;
    if (there.looseSha256 !== loose.get(variant.id)) {
      return { passed: false, detail: `${variant.id} gives other rows on a shuffled copy` };
    }
    ties = true;
  }
  return ties
    ? { passed: true, detail: 'the order has ties: rows are compared without it', ties }
    : { passed: true, detail: `${variants.length} variants give the same rows on a shuffled copy` };
}

/**
 * Two solutions that are right for certain and run another way: the same statement with the usual join, sort and
 * aggregate methods switched off, and the statement as a materialised common table expression.
 */
export async function twoRightSolutions(
  draft: QueryCase,
  base: Arm,
): Promise<{ passed: boolean; detail: string }> {
  const [variant] = draft.visible;
  if (!variant) return { passed: false, detail: 'no visible variant' };
  const options = { ordered: draft.ordered, limitMs: REFERENCE_LIMIT_MS };
  await base.sql.run(
    'SET enable_hashjoin = off; SET enable_hashagg = off; SET enable_incremental_sort = off',
  );
  const otherPlan = await referenceRows(base.sql, draft.sql, variant.params, options);
  await base.sql.run('RESET enable_hashjoin; RESET enable_hashagg; RESET enable_incremental_sort');
  const wrapped = await referenceRows(
    base.sql,
    `WITH answer AS MATERIALIZED (${draft.sql}) SELECT * FROM answer`,
    variant.params,
    options,
  );
  const unequal = [otherPlan, wrapped].filter((solution) => solution.sha256 !== variant.sha256);
  return unequal.length > 0
    ? { passed: false, detail: `${unequal.length} of two right solutions give other rows` }
    : { passed: true, detail: 'another plan and a materialised form give equal rows' };
}
