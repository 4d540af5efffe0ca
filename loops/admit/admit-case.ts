import type { AdmissionCheck, QueryCase, Variant } from '../../datasets/cases/case.ts';
import type { Arm } from '../target/arm.ts';
import { referenceRows } from '../verify/reference.ts';
import { BASE_TRIAL_STOP } from '../verify/run-session.ts';

/** Trials of the visible case on the base, all of which must fail (gate.md: 5 of 5 still admits a pass rate of 45 %). */
const BASE_TRIALS = 10;

const REFERENCE_LIMIT_MS = 60_000;

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

function notEmpty({ visible, hidden }: QueryCase): { passed: boolean; detail: string } {
  const empty = visible.filter((variant) => variant.rows === 0);
  if (empty.length > 0)
    return { passed: false, detail: `${empty.length} visible parameter sets give no rows` };
  const hiddenEmpty = hidden.filter((variant) => variant.rows === 0);
  if (hiddenEmpty.length > 1)
    return { passed: false, detail: `${hiddenEmpty.length} hidden variants give no rows` };
  return {
    passed: true,
    detail: `${visible.length} visible sets with rows, ${hiddenEmpty.length} empty hidden variants`,
  };
}

async function failsBefore(
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

/** The empty patch is the base: it must fail where the case says that the base fails, and not on what is shown alone. */
function noOpFails({ visible, hidden }: QueryCase): { passed: boolean; detail: string } {
  const failing = [...visible, ...hidden].filter((variant) => variant.split === 'holdout');
  const detail = `the base fails ${failing.length} of ${visible.length + hidden.length} variants`;
  return hidden.some((variant) => variant.split === 'holdout')
    ? { passed: true, detail }
    : { passed: false, detail: `${detail}, none of them hidden: no patch could show that it helps` };
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

function withoutOrder(draft: QueryCase, digests: ReadonlyMap<string, string>): QueryCase {
  const loosen = (variant: Variant): Variant => ({
    ...variant,
    sha256: digests.get(variant.id) ?? variant.sha256,
  });
  return { ...draft, ordered: false, visible: draft.visible.map(loosen), hidden: draft.hidden.map(loosen) };
}

/**
 * Two solutions that are right for certain and run another way: the same statement with the usual join, sort and
 * aggregate methods switched off, and the statement as a materialised common table expression.
 */
async function twoRightSolutions(draft: QueryCase, base: Arm): Promise<{ passed: boolean; detail: string }> {
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

/** A copy that is never refreshed, be it of one table alone, can be told only where some write changes the answer. */
function sensitive({ hidden }: QueryCase, untold: readonly string[]): { passed: boolean; detail: string } {
  const mutated = hidden.find((variant) => variant.kind === 'mutated');
  const lacking = mutated ? untold : ['the tables it reads'];
  return lacking.length === 0
    ? {
        passed: true,
        detail: `${mutated?.writes.length} writes change the answer, those on each table by themselves`,
      }
    : {
        passed: false,
        detail: `no write on ${lacking.join(', ')} was found that changes the answer: a stale copy could not be told from a right one`,
      };
}
