import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanKind } from '../../datasets/cases/plan-kind.ts';
import { choosePlans, type Judged, rankPlans, submittable } from './choose-plans.ts';

function judged(
  id: string,
  kind: PlanKind,
  visibleMs: number,
  more: { worstMs?: number; bytes?: number; idea?: string } = {},
): Judged {
  const { worstMs = visibleMs, bytes = 1000, idea = id } = more;
  return {
    plan: { id, kind, label: id, ideas: [idea], ddl: ['x'], sql: 'select 1', refresh: [] },
    cell: {
      case: 'c',
      plan: id,
      kind,
      label: id,
      state: 'ok',
      medianMs: visibleMs,
      storageBytes: bytes,
      buildMs: 1,
      firstMs: visibleMs,
      detail: '',
    },
    visibleMs,
    worstMs,
  };
}
const ids = (list: Judged[]) => list.map(({ plan }) => plan.id);

describe('rankPlans', () => {
  it('takes the simpler kind among equally fast plans, then the smaller one', () => {
    const plans = [
      judged('table', 'materialise', 20),
      judged('rewrite', 'rewrite', 20),
      judged('large', 'index', 20, { bytes: 9000 }),
      judged('small', 'index', 20),
    ];
    expect(ids(rankPlans(plans, 50))).toEqual(['small', 'large', 'rewrite', 'table']);
  });

  it('takes a faster plan of a heavier kind', () => {
    expect(ids(rankPlans([judged('index', 'index', 28), judged('table', 'materialise', 10)], 50))).toEqual([
      'table',
      'index',
    ]);
  });

  it('puts a plan with a margin to the objective before one without', () => {
    expect(ids(rankPlans([judged('close', 'index', 45), judged('ample', 'engine', 29)], 50))).toEqual([
      'ample',
      'close',
    ]);
  });

  it('judges by the slowest parameters', () => {
    expect(
      ids(rankPlans([judged('selective', 'index', 6, { worstMs: 40 }), judged('steady', 'index', 12)], 50)),
    ).toEqual(['steady', 'selective']);
  });

  it('gives the same order whatever the order of its input', () => {
    const plan = fc.record({
      ms: fc.double({ min: 0.1, max: 500, noNaN: true }),
      kind: fc.constantFrom<PlanKind[]>('index', 'rewrite', 'materialise', 'engine'),
    });
    fc.assert(
      fc.property(fc.uniqueArray(plan, { selector: ({ ms }) => ms, minLength: 2 }), (plans) => {
        const all = plans.map(({ ms, kind }, at) => judged(`p${at}`, kind, ms));
        expect(ids(rankPlans(all.toReversed(), 50))).toEqual(ids(rankPlans(all, 50)));
      }),
    );
  });
});

describe('choosePlans', () => {
  it('prefers another idea to another plan of the same one', () => {
    const ranked = [
      judged('a', 'index', 1, { idea: 'order' }),
      judged('b', 'index', 2, { idea: 'order, covering' }),
      judged('c', 'rewrite', 3),
    ];
    expect(ids(choosePlans(ranked, 2))).toEqual(['a', 'c']);
    expect(ids(choosePlans(ranked, 3))).toEqual(['a', 'c', 'b']);
  });
});

describe('submittable', () => {
  it('never lets a copy answer where no staleness is declared', () => {
    const { plan } = judged('table', 'materialise', 1);
    expect(submittable(plan, ['materialise'], 0)).toBe(false);
    expect(submittable(plan, ['materialise'], 60)).toBe(true);
    expect(submittable(plan, ['index'], 60)).toBe(false);
  });
});
