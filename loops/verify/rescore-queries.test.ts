import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalRows } from '../../datasets/cases/canonical-rows.ts';
import type { QueryCase, Variant } from '../../datasets/cases/case.ts';
import type { ResultSet } from '../../datasets/cases/rows.ts';
import { scoreTrial } from '../gate/evidence.ts';
import { type KeptTrial, rescoreTrial } from './rescore-queries.ts';

const rowsOf = (...values: number[]): ResultSet => ({
  columns: ['n'],
  types: ['int4'],
  rows: values.map((value) => [value]),
});

const digest = (rows: ResultSet, ordered: boolean) => canonicalRows(rows, { ordered }).sha256;

function variant(id: string, rows: ResultSet, ordered: boolean, change: Partial<Variant> = {}): Variant {
  return {
    id,
    kind: 'decile',
    params: ['a'],
    writes: [],
    rows: rows.rows.length,
    sha256: digest(rows, ordered),
    baseMs: 100,
    split: 'holdout',
    ...change,
  };
}

function queryCase(hidden: Variant[], change: Partial<QueryCase> = {}): QueryCase {
  return {
    id: 'q',
    pattern: 'p',
    query: 'q',
    sql: 'select n from t',
    ordered: true,
    objectiveMs: 50,
    calibrationMs: 10,
    stalenessS: 0,
    visible: [],
    hidden,
    pool: [],
    baseMs: 100,
    basePlan: null,
    ...change,
  };
}

const answered = (rows: ResultSet, change: Partial<KeptTrial> = {}) => {
  const trial: KeptTrial = {
    variant: 'v',
    outcome: 'failed',
    rowsEqual: false,
    ms: 20,
    observed: { reply: 'answered', rows: 'rows', reference: null, scale: 1 },
    ...change,
  };
  return { trial, texts: new Map([['rows', JSON.stringify(rows)]]) };
};

const right = rowsOf(1, 2, 3);
const shuffled = rowsOf(3, 1, 2);

describe('rescoreTrial', () => {
  it('scores rows anew where their order does not count any more', () => {
    const before = queryCase([variant('v', right, true)]);
    const after = queryCase([variant('v', right, false)], { ordered: false });
    const { trial, texts } = answered(shuffled);
    expect(rescoreTrial(trial, { before, after: before }, texts).outcome).toBe('failed');
    expect(rescoreTrial(trial, { before, after }, texts)).toMatchObject({
      outcome: 'passed',
      rowsEqual: true,
    });
  });

  it('scores the time by the objective of today, on the machine of then', () => {
    const before = queryCase([variant('v', right, true)]);
    const { trial, texts } = answered(right, {
      ms: 90,
      observed: { reply: 'answered', rows: 'rows', reference: null, scale: 2 },
    });
    const now = (change: Partial<QueryCase>) =>
      rescoreTrial(trial, { before, after: queryCase([variant('v', right, true)], change) }, texts).outcome;
    // 50 ms at freeze were 100 ms then.
    expect(now({})).toBe('passed');
    expect(now({ objectiveMs: 40 })).toBe('failed');
    // Calibrated anew at half the speed: the same 50 ms mean half as much.
    expect(now({ calibrationMs: 20 })).toBe('failed');
  });

  it('knows nothing of a trial that was stopped before it met the objective of today', () => {
    const before = queryCase([variant('v', right, true)]);
    const trial: KeptTrial = {
      variant: 'v',
      outcome: 'timed_out',
      rowsEqual: null,
      ms: 150,
      observed: { reply: 'late', rows: null, reference: null, scale: 1 },
    };
    const now = (objectiveMs: number) =>
      rescoreTrial(trial, { before, after: { ...before, objectiveMs } }, new Map()).outcome;
    expect(now(100)).toBe('timed_out');
    expect(now(200)).toBe('unknown');
  });

  it.each([
    ['other parameters', { params: ['b'] }],
    ['other writes', { writes: ['delete from t'] }],
    ['another name', { id: 'w' }],
  ])('asks nothing of a variant with %s', (_, change) => {
    const before = queryCase([variant('v', right, true)]);
    const after = queryCase([variant('v', right, true, change)]);
    const { trial, texts } = answered(right);
    expect(rescoreTrial(trial, { before, after }, texts).outcome).toBe('not-asked');
  });

  it('compares with the kept reference where a digest does not decide, unless the statement is another now', () => {
    const float = (value: number): ResultSet => ({ columns: ['x'], types: ['float8'], rows: [[value]] });
    const reference = float(0.3);
    const before = queryCase([variant('v', rowsOf(7), true)]);
    const trial: KeptTrial = {
      variant: 'v',
      outcome: 'passed',
      rowsEqual: true,
      ms: 20,
      observed: { reply: 'answered', rows: 'rows', reference: 'reference', scale: 1 },
    };
    const texts = new Map([
      ['rows', JSON.stringify(float(0.1 + 0.2))],
      ['reference', JSON.stringify(reference)],
    ]);
    expect(rescoreTrial(trial, { before, after: before }, texts).outcome).toBe('passed');
    const after = { ...before, sql: 'select n from other' };
    expect(rescoreTrial(trial, { before, after }, texts).outcome).toBe('failed');
  });

  it('says so where nothing was kept, and leaves what the machine did', () => {
    const before = queryCase([variant('v', right, true)]);
    const { trial } = answered(right);
    expect(rescoreTrial(trial, { before, after: before }, new Map()).outcome).toBe('unknown');
    const { observed: _, ...old } = trial;
    expect(rescoreTrial({ ...old, observed: undefined }, { before, after: before }, new Map()).outcome).toBe(
      'unknown',
    );
    const lost = { ...trial, outcome: 'infra_error' as const };
    expect(rescoreTrial(lost, { before, after: before }, new Map()).outcome).toBe('infra_error');
  });

  it('flips nothing where nothing was corrected', () => {
    const ns = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });
    fc.assert(
      fc.property(ns, ns, fc.double({ min: 1, max: 100, noNaN: true }), fc.boolean(), (a, b, ms, ordered) => {
        const before = queryCase([variant('v', rowsOf(...a), ordered)], { ordered });
        const rowsEqual = digest(rowsOf(...a), ordered) === digest(rowsOf(...b), ordered);
        const outcome = scoreTrial({ ended: 'answered', rowsEqual, ms }, 50);
        const { trial, texts } = answered(rowsOf(...b), { ms, outcome, rowsEqual });
        expect(rescoreTrial(trial, { before, after: before }, texts)).toMatchObject({ outcome, rowsEqual });
      }),
    );
  });
});
