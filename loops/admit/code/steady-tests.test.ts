import { expect, it } from 'vitest';
import type { TestOutcome } from '../../../datasets/reports/test-report.ts';
import type { SuiteRun } from '../../verify/code/suite-run.ts';
import { makeReport, makeSuiteRun } from '../../verify/code/testing/make-suite-run.ts';
import { steadyTests } from './steady-tests.ts';

const run = (outcomes: Record<string, TestOutcome>): SuiteRun => makeSuiteRun(makeReport(outcomes));
const cut: SuiteRun = { ended: 'cut', detail: '', wallMs: 1 };
const all = { z: 'passed', a: 'passed', x: 'failed', now: 'failed' } as const;

it('sorts tests into those that always pass, in each surrounding, and those that always fail', () => {
  const steady = steadyTests({
    beside: [run({ ...all, x: 'passed' }), run({ ...all, x: 'passed', z: 'failed' })],
    plain: [run(all), run({ ...all, late: 'passed' })],
    failing: [run({ x: 'failed', now: 'passed' })],
    varied: [{ check: 'not-dated', what: 'so', run: run(all) }],
  });
  expect(steady).toEqual({ passing: ['a', 'z'], passingBeside: ['a', 'x'], failing: new Set(['x']) });
});

it('asks varied runs of what passes, and a run without a report of everything', () => {
  const base = { beside: [cut], plain: [run(all)], failing: [cut] };
  const varied = [{ check: 'deterministic' as const, what: 'so', run: run({ ...all, a: 'failed' }) }];
  expect(steadyTests({ ...base, varied })).toEqual({ passing: ['z'], passingBeside: [], failing: new Set() });
});
