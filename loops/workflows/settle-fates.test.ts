import { expect, test } from 'vitest';
import type { Verdict } from '../gate/verdict.ts';
import type { CellRecord } from '../state/stores/cell-store.ts';
import { type CaseOutcome, settleFates } from './settle-fates.ts';

const cell = (planId: string, changes: Partial<CellRecord>): CellRecord => ({
  caseId: 'c',
  planId,
  kind: 'index',
  label: planId,
  state: 'ok',
  medianMs: 10,
  firstMs: 10,
  storageBytes: 0,
  buildMs: 0,
  fate: null,
  detail: '',
  engine: null,
  allowed: true,
  ...changes,
});

const outcome = (verdicts: CaseOutcome['verdicts'] = new Map()): CaseOutcome => ({
  baseMs: 100,
  objectiveMs: 50,
  stalenessS: 0,
  verdicts,
});

const fatesOf = (cells: CellRecord[], facts = outcome()) =>
  Object.fromEntries(settleFates(cells, facts).map(({ planId, fate }) => [planId, fate]));

test('only plans that looked faster once have a fate', () => {
  expect(fatesOf([cell('never-ran', { firstMs: null }), cell('slower', { firstMs: 120 })])).toEqual({});
});

test('what the explorer saw decides where the gate was not asked', () => {
  const cells = [
    cell('wrong', { state: 'wrong' }),
    cell('lucky', { medianMs: 99 }),
    cell('halfway', { medianMs: 60 }),
    cell('stopped', { state: 'stopped', medianMs: 70 }),
    cell('good', { medianMs: 20 }),
    cell('copy', { medianMs: 2, kind: 'materialise' }),
  ];
  expect(fatesOf(cells)).toEqual({
    wrong: 'wrong-rows',
    lucky: 'noise',
    halfway: 'below-objective',
    stopped: 'below-objective',
    good: 'not-chosen',
    copy: 'stale',
  });
});

test('the verdict decides where there is one', () => {
  const reasons = ['stale', 'noisy', 'guard-slower', 'write-cost', 'wrong-rows', 'below-objective'] as const;
  const verdicts = new Map<string, Pick<Verdict, 'verdict' | 'reasons'>>([
    ['accepted', { verdict: 'accepted', reasons: [] }],
    ...reasons.map((code): [string, Pick<Verdict, 'verdict' | 'reasons'>] => [
      code,
      { verdict: 'rejected', reasons: [{ code, detail: '' }] },
    ]),
  ]);
  expect(
    fatesOf(
      [...verdicts.keys()].map((id) => cell(id, {})),
      outcome(verdicts),
    ),
  ).toEqual({
    accepted: 'accepted',
    stale: 'stale',
    noisy: 'noise',
    'guard-slower': 'guard',
    'write-cost': 'guard',
    'wrong-rows': 'wrong-rows',
    'below-objective': 'below-objective',
  });
});
