import { describe, expect, it } from 'vitest';
import type { CodeCase } from '../../../datasets/cases/code-case.ts';
import type { TestOutcome } from '../../../datasets/reports/test-report.ts';
import type { SuiteRun } from '../../verify/code/suite-run.ts';
import { makeReport, makeSuiteRun } from '../../verify/code/testing/make-suite-run.ts';
import type { AloneRun, CaseGrounds, Solution } from './case-grounds.ts';
import {
  alone,
  noLeak,
  notNarrow,
  offline,
  oraclePasses,
  solvedWhen,
  twoRightSolutions,
} from './judge-grounds.ts';

const test = (id: string) => ({ id, file: 'test/a.test.ts', path: [id], message: 'Error: expected 1\n  at' });
const draft: CodeCase = {
  id: 'a',
  pattern: 'p',
  title: 'a',
  visible: [test('told')],
  hidden: [test('hidden')],
  guards: ['guard'],
  besideGuards: [],
  decisive: {},
  oracle: null,
};

type Outcomes = Record<string, TestOutcome>;
const mended: Outcomes = { told: 'passed', hidden: 'passed', guard: 'passed' };
const reported = (outcomes: Outcomes, message: string | null = null): SuiteRun =>
  makeSuiteRun(makeReport(outcomes, (id) => ({ ...test(id), message })));

const solution = (name: string, change: Partial<Solution> = {}): Solution => ({
  oracle: { name, patch: 'diff', sources: new Map(), added: new Map() },
  plain: [reported(mended), reported(mended)],
  varied: [{ check: 'not-dated', what: 'a year ago', run: reported(mended) }],
  part: new Map([['src/a.ts', new Map([[1, 'return Math.max(low, Math.min(high, depthOf(value)));']])]]),
  guards: ['guard'],
  ...change,
});
const grounds = (change: Partial<CaseGrounds> = {}): CaseGrounds => ({
  solutions: [solution('first')],
  alone: [],
  test: { text: '', shape: '', names: new Set(), literals: new Set() },
  instruction: 'Mend it.',
  checkout: new Map(),
  ...change,
});
const without = grounds({ solutions: [] });

describe('offline', () => {
  const base = (message: string | null) => ({
    beside: [],
    plain: [reported({ told: 'failed' }), reported({ hidden: 'failed' }, message)],
    failing: [],
    varied: [],
  });

  it('refuses a test that misses a network, when it was found or in any run', () => {
    expect(offline(draft, base(null)).passed).toBe(true);
    const found = offline(draft, base('TypeError: fetch failed\n at there'));
    expect(found.passed).toBe(false);
    expect(found.detail).toMatch(/^hidden .*fetch failed$/);
    const told = { ...draft, visible: [{ ...test('told'), message: 'getaddrinfo ENOTFOUND db' }] };
    expect(offline(told, base(null)).passed).toBe(false);
  });
});

describe('alone', () => {
  const ran = (outcome: TestOutcome, oracle: string | null, more: Partial<AloneRun> = {}): AloneRun => ({
    tests: new Set(['hidden']),
    oracle,
    run: reported({ hidden: outcome }, outcome === 'failed' ? 'Error: expected 1\n  elsewhere' : null),
    ...more,
  });
  const found = (...runs: AloneRun[]) => alone(draft, grounds({ alone: runs }));

  it('says nothing where tests cannot be run one by one', () => {
    expect(alone(draft, grounds({ alone: null })).passed).toBe(null);
  });

  it('takes a test that fails alike by itself, and passes with the oracle', () => {
    const result = found(ran('failed', null), ran('passed', 'first'));
    expect(result).toEqual({ passed: true, detail: '1 of 2 tests were run one by one' });
  });

  it('refuses one that does not fail alone, or with other words', () => {
    expect(found(ran('passed', null)).passed).toBe(false);
    const run = reported({ hidden: 'failed' }, 'Error: set up is missing');
    expect(found(ran('failed', null, { run })).passed).toBe(false);
    expect(found(ran('failed', null, { run: reported({ hidden: 'failed' }) })).passed).toBe(false);
    expect(found(ran('failed', null, { run: { ended: 'no-report', detail: '', wallMs: 1 } })).passed).toBe(
      false,
    );
  });

  it('refuses one that fails alone with the first oracle; the others are asked elsewhere', () => {
    expect(found(ran('failed', 'first')).passed).toBe(false);
    expect(found(ran('failed', 'second')).passed).toBe(true);
    expect(alone(draft, { ...without, alone: [ran('failed', 'first')] }).passed).toBe(true);
  });

  it("leaves other cases' tests out", () => {
    const other = ran('passed', null, { tests: new Set(['another']), run: reported({ another: 'passed' }) });
    expect(found(other)).toEqual({ passed: true, detail: '0 of 2 tests were run one by one' });
  });
});

describe('oraclePasses', () => {
  it('asks that tests and guards pass every time', () => {
    expect(oraclePasses(draft, grounds())).toEqual({
      passed: true,
      detail: 'first passes 2 tests and 1 guards, 2 of 2 times',
    });
    for (const id of ['told', 'hidden', 'guard']) {
      const once = reported({ ...mended, [id]: 'failed' });
      const found = oraclePasses(
        draft,
        grounds({ solutions: [solution('first', { plain: [reported(mended), once] })] }),
      );
      expect(found).toEqual({ passed: false, detail: `first: ${id} passes 1 of 2 times` });
    }
  });

  it('asks the first oracle alone', () => {
    const second = solution('second', { plain: [reported({})] });
    expect(oraclePasses(draft, grounds({ solutions: [solution('first'), second] })).passed).toBe(true);
    expect(oraclePasses(draft, without).passed).toBe(null);
  });
});

describe('solvedWhen', () => {
  it.each(['told', 'hidden', 'guard'])('refuses where %s does not pass then', (id) => {
    const run = reported({ ...mended, [id]: 'failed' });
    const varied = [...solution('first').varied, { check: 'not-dated' as const, what: 'in a year', run }];
    const found = solvedWhen(draft, grounds({ solutions: [solution('first', { varied })] }), 'not-dated');
    expect(found).toEqual({ passed: false, detail: `${id} does not pass with first in a year` });
    const other = solvedWhen(draft, grounds({ solutions: [solution('first', { varied })] }), 'deterministic');
    expect(other.passed).toBe(true);
  });

  it('names what it was asked', () => {
    expect(solvedWhen(draft, grounds(), 'not-dated').detail).toContain('a year ago');
    expect(solvedWhen(draft, without, 'not-dated').passed).toBe(null);
  });
});

describe('twoRightSolutions', () => {
  it('asks every oracle but the first', () => {
    const wrong = solution('wrong', { plain: [reported({ ...mended, told: 'failed' })] });
    const found = (...solutions: Solution[]) => twoRightSolutions(draft, grounds({ solutions }));
    expect(found(wrong).passed).toBe(null);
    expect(found(wrong, solution('second'), solution('third'))).toEqual({
      passed: true,
      detail: 'second, third pass as well',
    });
    expect(found(solution('first'), solution('second'), wrong)).toEqual({
      passed: false,
      detail: 'wrong: told passes 0 of 1 times',
    });
  });
});

describe('notNarrow', () => {
  const test = { text: '', shape: '', names: new Set(['depthOf']), literals: new Set<string>() };

  it('refuses tests that ask for a name that nothing tells', () => {
    const found = notNarrow(grounds({ test }));
    expect(found.passed).toBe(false);
    expect(found.detail).toContain('depthOf');
    expect(notNarrow(grounds()).passed).toBe(true);
  });

  it('takes what the instruction or the checkout says for told', () => {
    expect(notNarrow(grounds({ test, instruction: 'Write depthOf.' })).passed).toBe(true);
    expect(notNarrow(grounds({ test, checkout: new Map([['src/b.ts', 'depthOf()']]) })).passed).toBe(true);
    expect(notNarrow({ ...without, test }).passed).toBe(null);
  });

  it('names five at most', () => {
    const names = ['one', 'two', 'three', 'four', 'five', 'six'];
    const part = new Map([['src/a.ts', new Map([[1, names.join('; ')]])]]);
    const many = { text: '', shape: '', names: new Set(names), literals: new Set<string>() };
    const { detail } = notNarrow(grounds({ solutions: [solution('first', { part })], test: many }));
    expect(detail).toContain('one, two, three, four, five,');
    expect(detail).not.toContain('six');
  });
});

describe('noLeak', () => {
  const line = 'return Math.max(low, Math.min(high, depthOf(value)));';

  it('refuses where the instruction or the checkout says what an oracle adds', () => {
    expect(noLeak(grounds()).passed).toBe(true);
    expect(noLeak(grounds({ instruction: line }))).toEqual({
      passed: false,
      detail: 'what the oracle adds stands in instruction.md',
    });
    const part = new Map([['src/b.ts', new Map([[1, 'let total = first + second * third / 4;']])]]);
    const solutions = [solution('first'), solution('second', { part })];
    const checkout = new Map([['notes.md', 'let total = first + second * third / 4']]);
    expect(noLeak(grounds({ solutions, checkout })).detail).toContain('notes.md');
    expect(noLeak({ ...without, instruction: line }).passed).toBe(null);
  });

  it('names five files at most', () => {
    const checkout = new Map(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [`${name}.md`, line]));
    expect(noLeak(grounds({ checkout })).detail).toMatch(/a\.md, b\.md, c\.md, d\.md, e\.md$/);
  });
});
