import { describe, expect, it } from 'vitest';
import { groupFailures } from '../../../datasets/patterns/group-failures.ts';
import type { TestOutcome, TestReport } from '../../../datasets/reports/test-report.ts';
import type { SuiteRun } from '../../verify/code/suite-run.ts';
import { makeReport, makeSuiteRun } from '../../verify/code/testing/make-suite-run.ts';
import { admitCodeCase, type Grounded } from './admit-code-case.ts';
import type { BaseRuns, VariedRun } from './base-runs.ts';
import { draftCodeCase } from './draft-code-case.ts';
import { steadyTests } from './steady-tests.ts';

type Outcomes = Record<string, TestOutcome>;

const base: Outcomes = {
  'sum > one': 'failed',
  'sum > two': 'failed',
  'sum > none': 'passed',
  'max > one': 'passed',
};

const report = (outcomes: Outcomes, message = 'AssertionError: expected 1 to be 2'): TestReport =>
  makeReport(
    Object.fromEntries(
      Object.entries(outcomes).map(([name, outcome]) => [`test/a.test.ts > ${name}`, outcome]),
    ),
    (id, outcome) => ({
      file: 'test/a.test.ts',
      path: id.split(' > ').slice(1),
      message: outcome === 'failed' ? message : null,
    }),
  );

const reported = (outcomes: Outcomes, message?: string): SuiteRun => makeSuiteRun(report(outcomes, message));

function runs(change: Partial<BaseRuns> = {}): BaseRuns {
  const varied = (check: VariedRun['check'], what: string): VariedRun => ({
    check,
    what,
    run: reported(base),
  });
  return {
    beside: [reported(base)],
    plain: Array.from({ length: 3 }, () => reported(base)),
    failing: Array.from({ length: 7 }, () => reported(base)),
    varied: [varied('deterministic', 'in another order'), varied('not-dated', 'a year from now')],
    ...change,
  };
}

function draft(seen: BaseRuns) {
  const [pattern] = groupFailures(report(base).tests);
  if (!pattern) throw new Error('nothing fails');
  return draftCodeCase(pattern, { guards: steadyTests(seen).passing, besideGuards: [], decisive: {} });
}

/** Without an oracle. */
const grounded = (seen: BaseRuns): Grounded => ({
  draft: draft(seen),
  grounds: {
    solutions: [],
    alone: [],
    test: {
      text: 'expect(sum(1)).toBe(2)',
      shape: 'expect(sum(_)).toBe(_)',
      names: new Set(),
      literals: new Set(),
    },
    instruction: '',
    checkout: new Map(),
  },
});

const refusal = (seen: BaseRuns) => {
  const { admitted, certificate } = admitCodeCase(grounded(seen), seen, []);
  return admitted ? undefined : certificate.at(-1)?.check;
};

describe('draftCodeCase', () => {
  it('tells of fewer than it hides, and names the case after file and suite', () => {
    const { id, visible, hidden, guards } = draft(runs());
    expect(id).toMatch(/^a-sum-[0-9a-f]{8}$/);
    expect(visible.map((test) => test.path)).toEqual([['sum', 'one']]);
    expect(hidden.map((test) => test.path)).toEqual([['sum', 'two']]);
    expect(guards).toEqual(['test/a.test.ts > max > one', 'test/a.test.ts > sum > none']);
  });

  it('hides a single failing test', () => {
    const [pattern] = groupFailures(report({ 'sum > one': 'failed' }).tests);
    if (!pattern) throw new Error('nothing fails');
    const { visible, hidden } = draftCodeCase(pattern, { guards: [], besideGuards: [], decisive: {} });
    expect([visible.length, hidden.length]).toEqual([0, 1]);
  });
});

describe('admitCodeCase', () => {
  it('admits what fails alike in every run', () => {
    const seen = runs();
    const { admitted, certificate } = admitCodeCase(grounded(seen), seen, []);
    expect(certificate.filter(({ passed }) => passed === false)).toEqual([]);
    expect(admitted).toBe(true);
  });

  it('refuses what passes one trial of ten', () => {
    const once = (count: number) =>
      Array.from({ length: count }, (_, at) =>
        reported(at === count - 1 ? { ...base, 'sum > two': 'passed' } : base),
      );
    expect(refusal(runs({ plain: once(3) }))).toBe('fails-before');
    expect(refusal(runs({ failing: once(7) }))).toBe('fails-before');
  });

  it('refuses what fails with other words when it is judged: it may never pass there', () => {
    const elsewhere = reported(base, 'TypeError: it runs in another process');
    const always = { plain: Array.from({ length: 3 }, () => elsewhere), failing: [elsewhere] };
    expect(refusal(runs(always))).toBe('separable');
  });

  it('admits what now and then fails for another reason as well', () => {
    const busy = reported(base, 'Error: too busy');
    const { plain, failing } = runs();
    expect(refusal(runs({ plain: [busy, ...plain.slice(1)], failing: [busy, ...failing.slice(1)] }))).toBe(
      undefined,
    );
  });

  it('takes measured figures for the same words', () => {
    const took = (ms: number) => reported(base, `AssertionError: expected ${ms} to be less than 450`);
    const seen = runs({ plain: Array.from({ length: 3 }, () => took(815.26)) });
    const [pattern] = groupFailures(report(base, 'AssertionError: expected 790.1 to be less than 450').tests);
    if (!pattern) throw new Error('nothing fails');
    const slow = draftCodeCase(pattern, {
      guards: steadyTests(seen).passing,
      besideGuards: [],
      decisive: {},
    });
    const { certificate } = admitCodeCase({ ...grounded(seen), draft: slow }, seen, []);
    expect(certificate.filter(({ passed }) => passed === false)).toEqual([]);
  });

  it.each(['deterministic', 'not-dated'] as const)('refuses what is not %s', (check) => {
    const run = reported({ ...base, 'sum > one': 'passed' });
    expect(refusal(runs({ varied: [{ check, what: 'another day', run }] }))).toBe(check);
  });

  it('refuses where a report contradicts itself, or did not come', () => {
    const broken = makeSuiteRun({ ...report(base), problems: ['torn'] });
    expect(refusal(runs({ plain: [broken] }))).toBe('reported');
    expect(refusal(runs({ plain: [{ ended: 'cut', detail: 'timed_out', wallMs: 1 }] }))).toBe('reported');
  });

  it('refuses what another case asks', () => {
    const seen = runs();
    expect(admitCodeCase(grounded(seen), seen, [grounded(seen)]).certificate.at(-1)?.check).toBe(
      'not-duplicate',
    );
  });

  it('refuses where no test passes', () => {
    const failing: Outcomes = { 'sum > one': 'failed', 'sum > two': 'failed' };
    const all = reported(failing);
    const seen = runs({
      beside: [all],
      plain: [all],
      failing: [],
      varied: [
        { check: 'deterministic', what: 'so', run: all },
        { check: 'not-dated', what: 'so', run: all },
      ],
    });
    expect(refusal(seen)).toBe('guarded');
  });

  const found = (seen: BaseRuns, check: string) =>
    admitCodeCase(grounded(seen), seen, []).certificate.find((one) => one.check === check);

  it('looks at every run for a whole report', () => {
    const cut: SuiteRun = { ended: 'cut', detail: 'timed_out', wallMs: 1 };
    for (const change of [{ beside: [cut] }, { failing: [cut] }, { plain: [reported(base), cut] }])
      expect(refusal(runs(change))).toBe('reported');
    expect(refusal(runs({ varied: [{ check: 'not-dated', what: 'so', run: cut }] }))).toBe('reported');
    expect(found(runs(), 'reported')?.detail).toMatch(/^13 /);
    expect(found(runs({ beside: [cut] }), 'reported')?.detail).toContain('timed_out');
  });

  it('names the test that passes, and how often', () => {
    const plain = [reported(base), reported({ ...base, 'sum > two': 'passed' }), reported(base)];
    expect(found(runs({ plain }), 'fails-before')?.detail).toBe(
      'test/a.test.ts > sum > two passes 1 of 10 base trials',
    );
    expect(found(runs(), 'fails-before')?.detail).toBe('2 tests fail 10 of 10 base trials');
  });

  it('refuses what says nothing when it runs as it is judged', () => {
    const { 'sum > one': _, ...missing } = base;
    expect(refusal(runs({ plain: [reported(missing)], failing: [reported(missing)] }))).toBe('separable');
    expect(refusal(runs({ plain: [reported(missing)], failing: [reported(base)] }))).toBeUndefined();
    expect(refusal(runs({ plain: [], failing: [] }))).toBe('separable');
    const first = found(runs({ plain: [reported(base, 'TypeError: no\n at x')], failing: [] }), 'separable');
    expect(first?.detail).toMatch(/TypeError: no$/);
  });

  it('asks each check of its own runs, and names them', () => {
    expect(found(runs(), 'deterministic')?.detail).toBe('they fail in another order');
    expect(found(runs(), 'not-dated')?.detail).toBe('they fail a year from now');
    const run = reported({ ...base, 'sum > two': 'passed' });
    const refused = found(runs({ varied: [{ check: 'not-dated', what: 'next year', run }] }), 'not-dated');
    expect(refused?.detail).toBe('test/a.test.ts > sum > two does not fail next year');
  });

  describe('of two cases', () => {
    const seen = runs();
    const one = grounded(seen);
    const other = (text: string, file = 'test/b.test.ts'): Grounded => ({
      draft: {
        ...one.draft,
        id: 'other',
        visible: [],
        hidden: [{ id: 'x', file, path: ['x'], message: '' }],
      },
      grounds: { ...one.grounds, test: { ...one.grounds.test, text } },
    });
    const isRefused = (...others: Grounded[]) => !admitCodeCase(one, seen, others).admitted;
    const { text } = one.grounds.test;

    it('refuses the second where their tests say nearly the same', () => {
      expect(isRefused(other(text))).toBe(true);
      expect(isRefused(other('something else'), other(text))).toBe(true);
      expect(isRefused(other('something else'))).toBe(false);
      const { certificate } = admitCodeCase(one, seen, [other(text)]);
      expect(certificate.at(-1)).toMatchObject({ check: 'not-duplicate', detail: 'asks what other asks' });
    });

    it('refuses the second where one solution mends both and they do the same to other values', () => {
      const solvedBy = (line: string, { draft: own, grounds }: Grounded): Grounded => {
        const added = new Map([['src/a.ts', new Map([[3, line]])]]);
        const oracle = { name: 'oracle', patch: '', sources: new Map(), added };
        const solution = { oracle, plain: [], varied: [], guards: [], part: added };
        return { draft: own, grounds: { ...grounds, solutions: [solution] } };
      };
      const shaped = (text: string, shape: string, { draft: own, grounds }: Grounded): Grounded => ({
        draft: own,
        grounds: { ...grounds, test: { ...grounds.test, text, shape } },
      });
      const first = solvedBy('mended', shaped('expect(f(1234)).toBe(5)', 'expect(f(_)).toBe(_)', one));
      const again = (line: string, shape: string) =>
        solvedBy(line, shaped("expect(f('abc')).toBe('xyz')", shape, other('')));
      const check = (second: Grounded) =>
        admitCodeCase(first, seen, [second]).certificate.find(({ passed }) => passed === false)?.check;
      expect(check(again('mended', 'expect(f(_)).toBe(_)'))).toBe('not-duplicate');
      expect(check(again('otherwise', 'expect(f(_)).toBe(_)'))).not.toBe('not-duplicate');
      expect(check(again('mended', 'expect(g(_)).toEqual(_)'))).not.toBe('not-duplicate');
      expect(check(shaped('', 'expect(f(_)).toBe(_)', other('')))).not.toBe('not-duplicate');
    });

    it('compares none that could not be told from the rest of one file', () => {
      expect(isRefused(other(text, 'test/a.test.ts'))).toBe(false);
      expect(isRefused(other(`${text} `, 'test/a.test.ts'))).toBe(true);
    });
  });
});
