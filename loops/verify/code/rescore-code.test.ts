import { describe, expect, it } from 'vitest';
import type { CodeCase } from '../../../datasets/cases/code-case.ts';
import { type CodeEvidence, SuiteTrial } from '../../gate/code/code-evidence.ts';
import type { Arm, TrialOutcome } from '../../gate/evidence.ts';
import { rescoreCode } from './rescore-code.ts';
import { makeReport } from './testing/make-suite-run.ts';

const failing = (id: string) => ({ id, file: 'a.test.ts', path: [id], message: 'expected 1' });

const codeCase = (hidden: string[], guards: string[]): CodeCase => ({
  id: 'add',
  pattern: 'p',
  title: 'add',
  visible: [],
  hidden: hidden.map(failing),
  guards,
  besideGuards: guards,
  decisive: {},
  oracle: null,
});

const run = (arm: Arm, outcomes: Record<string, TrialOutcome>, change: Partial<SuiteTrial> = {}) =>
  SuiteTrial.parse({ arm, outcomes, detail: '', wallMs: 1, ...change });

const evidence = (runs: SuiteTrial[]): CodeEvidence => ({
  case: 'add',
  pattern: 'p',
  attempt: 1,
  tests: [
    { id: 'one', role: 'hidden' },
    { id: 'two', role: 'hidden' },
  ],
  guards: ['keeps'],
  besideGuards: ['keeps'],
  policy: [],
  build: { outcome: 'ok' },
  beside: [],
  runs,
  twin: { test: 'two', outcome: 'failed', detail: '' },
  copied: [],
  infraErrors: 0,
  wallMs: 1,
});

const reports = new Map([
  ['whole', makeReport({ one: 'passed', two: 'failed', keeps: 'passed' })],
  ['part', makeReport({ one: 'passed', two: 'failed' })],
]);

const runs = [
  run('candidate', { one: 'passed', two: 'failed', keeps: 'passed' }, { report: 'whole' }),
  run('candidate', { one: 'passed', two: 'failed' }, { report: 'part' }),
];

const flips = (again: ReturnType<typeof rescoreCode>) =>
  again.trials
    .filter(({ from, to }) => from !== to)
    .map(({ variant, session, to }) => [variant, session, to]);

describe('rescoreCode', () => {
  it('flips nothing where nothing was corrected', () => {
    const again = rescoreCode(evidence(runs), codeCase(['one', 'two'], ['keeps']), reports);
    expect(flips(again)).toEqual([]);
    expect(again.trials).toHaveLength(5);
    expect(again.evidence).toEqual(evidence(runs));
  });

  it('forgets a test that the case does not ask any more, and its twin', () => {
    const again = rescoreCode(evidence(runs), codeCase(['one'], ['keeps']), reports);
    expect(flips(again)).toEqual([
      ['two', 0, 'not-asked'],
      ['two', 1, 'not-asked'],
    ]);
    expect(again.evidence.tests).toEqual([{ id: 'one', role: 'hidden' }]);
    expect(again.evidence.runs.map(({ outcomes }) => Object.keys(outcomes))).toEqual([
      ['one', 'keeps'],
      ['one'],
    ]);
    expect(again.evidence.twin).toBeNull();
  });

  it('reads of a test that the case asks now in every run whose report has it', () => {
    const before = evidence([
      run('candidate', { one: 'passed', keeps: 'passed' }, { report: 'whole' }),
      run('candidate', { one: 'passed' }, { report: 'part' }),
    ]);
    const again = rescoreCode(before, codeCase(['one', 'two'], ['keeps']), reports);
    expect(again.evidence.runs.map(({ outcomes }) => outcomes)).toEqual([
      { one: 'passed', two: 'failed', keeps: 'passed' },
      { one: 'passed', two: 'failed' },
    ]);
  });

  it('takes what a report says for what a run was scored by', () => {
    const wrong = [run('base', { one: 'passed', two: 'passed', keeps: 'passed' }, { report: 'whole' })];
    const again = rescoreCode(evidence(wrong), codeCase(['one', 'two'], ['keeps']), reports);
    expect(flips(again)).toEqual([['two', 0, 'failed']]);
  });

  it('knows that a run was cut, and nothing of a report that was not kept', () => {
    const odd = [
      run('base', { one: 'timed_out', two: 'timed_out', keeps: 'timed_out' }, { ended: 'cut' }),
      run('candidate', { one: 'passed', two: 'failed', keeps: 'passed' }, { report: 'lost' }),
    ];
    const again = rescoreCode(evidence(odd), codeCase(['one', 'two'], ['keeps']), reports);
    expect(again.trials.map(({ to }) => to)).toEqual([
      ...['timed_out', 'timed_out', 'timed_out'],
      ...['unknown', 'unknown', 'unknown'],
    ]);
    expect(again.evidence.runs[1]?.outcomes).toEqual(odd[1]?.outcomes);
  });
});
