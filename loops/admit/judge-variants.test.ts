import { describe, expect, it } from 'vitest';
import type { QueryCase, Variant } from '../../datasets/cases/case.ts';
import { noOpFails, notEmpty, sensitive, withoutOrder } from './judge-variants.ts';

const variant = (id: string, change: Partial<Variant> = {}): Variant => ({
  id,
  kind: 'decile',
  params: [],
  writes: [],
  rows: 1,
  sha256: `strict ${id}`,
  baseMs: 100,
  split: 'holdout',
  ...change,
});
const draft = (visible: Variant[], hidden: Variant[]): QueryCase => ({
  id: 'c',
  pattern: 'p',
  query: 'q',
  sql: 'select 1',
  ordered: true,
  objectiveMs: 50,
  calibrationMs: 1,
  stalenessS: 0,
  visible,
  hidden,
  pool: [],
  baseMs: 100,
  basePlan: [],
});
const empty = (id: string) => variant(id, { rows: 0 });

describe('notEmpty', () => {
  const passed = (visible: Variant[], hidden: Variant[]) => notEmpty(draft(visible, hidden)).passed;

  it('asks that what is shown has rows, and all that is hidden but one', () => {
    expect(passed([variant('v')], [variant('h')])).toBe(true);
    expect(passed([variant('v')], [variant('h'), empty('e')])).toBe(true);
    expect(passed([variant('v')], [empty('h'), empty('e')])).toBe(false);
    expect(passed([variant('v'), empty('w')], [variant('h')])).toBe(false);
  });
});

describe('noOpFails', () => {
  const guard = (id: string) => variant(id, { split: 'guard' });

  it('asks that the base fails a hidden variant: what is shown alone proves nothing', () => {
    expect(noOpFails(draft([variant('v')], [guard('g'), variant('h')]))).toEqual({
      passed: true,
      detail: 'the base fails 2 of 3 variants',
    });
    expect(noOpFails(draft([variant('v')], [guard('g')])).passed).toBe(false);
    expect(noOpFails(draft([variant('v')], [])).passed).toBe(false);
  });
});

describe('sensitive', () => {
  const mutated = variant('m', { kind: 'mutated', writes: ['a', 'b'] });

  it('asks for writes that change the answer by each table', () => {
    const found = sensitive(draft([], [variant('h'), mutated]), []);
    expect(found.passed).toBe(true);
    expect(found.detail).toMatch(/^2 /);
    const untold = sensitive(draft([], [mutated]), ['public.t', 'public.u']);
    expect(untold.passed).toBe(false);
    expect(untold.detail).toContain('public.t, public.u');
    expect(sensitive(draft([], [variant('h')]), []).passed).toBe(false);
  });
});

describe('withoutOrder', () => {
  it('compares by the digests whatever the order, where they are known', () => {
    const loose = withoutOrder(
      draft([variant('v')], [variant('h'), variant('x')]),
      new Map([
        ['v', 'loose v'],
        ['h', 'loose h'],
      ]),
    );
    expect(loose.ordered).toBe(false);
    expect([...loose.visible, ...loose.hidden].map(({ sha256 }) => sha256)).toEqual([
      'loose v',
      'loose h',
      'strict x',
    ]);
  });
});
