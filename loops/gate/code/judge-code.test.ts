import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Arm, TrialOutcome } from '../evidence.ts';
import { ProtocolPolicy } from '../protocol/protocol-policy.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import type { BesideRun, CodeEvidence, SuiteTrial } from './code-evidence.ts';
import { CodeVerdict } from './code-verdict.ts';
import { judgeCode } from './judge-code.ts';

const policy = ProtocolPolicy.parse({});
const TESTS = { told: 'visible', one: 'hidden', two: 'hidden' } as const;
const GUARDS = ['keeps', 'stays'];

const nothing: CodeEvidence = {
  case: 'add-12345678',
  pattern: '1234567890abcdef',
  attempt: 1,
  tests: Object.entries(TESTS).map(([id, role]) => ({ id, role })),
  guards: GUARDS,
  besideGuards: [...GUARDS, 'aside'],
  policy: null,
  build: null,
  beside: [],
  runs: [],
  twin: null,
  copied: [],
  infraErrors: 0,
  wallMs: 0,
};

/** How a test ends on an arm in its n-th run, from 0. */
type Behaviour = (arm: Arm, test: string, at: number) => TrialOutcome;

const fixed: Behaviour = (arm, test) => (arm === 'candidate' || GUARDS.includes(test) ? 'passed' : 'failed');
const passes = (): TrialOutcome => 'passed';

/** Runs what the gate asks for, as a verifier would, until it is decided. */
function judged(
  behaviour: Behaviour,
  {
    twin = 'failed',
    besides = passes,
    signs = () => [],
    ...known
  }: {
    twin?: TrialOutcome | 'none';
    besides?: (test: string, at: number) => TrialOutcome;
    signs?: (arm: Arm) => string[];
  } & Partial<Omit<CodeEvidence, 'twin'>> = {},
): { verdict: CodeVerdict; evidence: CodeEvidence } {
  const evidence: CodeEvidence = { ...nothing, runs: [], beside: [], ...known };
  for (let steps = 0; steps < 60; steps++) {
    const { verdict, next } = judgeCode(evidence, policy);
    if (next.do === 'decided') return { verdict: CodeVerdict.parse(verdict), evidence };
    expect(verdict.verdict).toBe('inconclusive');
    if (next.do === 'run') evidence.runs.push(trial(evidence.runs, next, behaviour, signs));
    else if (next.do === 'policy') evidence.policy = [];
    else if (next.do === 'build') evidence.build = { outcome: 'ok' };
    else if (next.do === 'beside') evidence.beside?.push(besideRun(evidence.beside.length, besides));
    else
      evidence.twin = twin === 'none' ? twin : { test: 'one', outcome: twin, detail: 'the opposite of toBe' };
  }
  throw new Error('it never decides');
}

function besideRun(at: number, besides: (test: string, at: number) => TrialOutcome): BesideRun {
  const ids = [...Object.keys(TESTS), ...GUARDS, 'aside'];
  const outcomes = Object.fromEntries(ids.map((id) => [id, besides(id, at)]));
  return { outcomes, ended: 'reported', detail: '', report: null, wallMs: 1 };
}

function trial(
  before: readonly SuiteTrial[],
  { arm, only }: { arm: Arm; only: readonly string[] | null },
  behaviour: Behaviour,
  signs: (arm: Arm) => string[],
): SuiteTrial {
  const at = before.filter((run) => run.arm === arm).length;
  const ids = only ?? [...Object.keys(TESTS), ...GUARDS];
  return {
    arm,
    outcomes: Object.fromEntries(ids.map((id) => [id, behaviour(arm, id, at)])),
    ended: 'reported',
    detail: '',
    report: null,
    signs: signs(arm),
    wallMs: 1,
  };
}

const codes = ({ reasons }: CodeVerdict) => reasons.map(({ code }) => code);

describe('judgeCode', () => {
  it('accepts what passes in every trial, with the counts it stands on', () => {
    const { verdict, evidence } = judged(fixed);
    expect(verdict.verdict).toBe('accepted');
    expect(verdict.reasons).toEqual([]);
    expect(verdict.cases).toEqual([{ id: nothing.case, base: 0, candidate: 1 }]);
    expect(verdict.p).toBeCloseTo(252 ** -2, 12);
    expect(evidence.runs.filter(({ arm }) => arm === 'base')).toHaveLength(5);
    expect(verdict.stages.every(({ state }) => state === 'passed')).toBe(true);
  });

  it('runs nothing of a patch that the policy refuses, or that does not apply', () => {
    const finding = { code: 'tests-changed' as const, path: 'test/a.test.ts', rule: 'may not change' };
    const refused = judged(fixed, { policy: [finding] });
    expect(codes(refused.verdict)).toEqual(['tests-changed']);
    expect(refused.evidence.runs).toEqual([]);
    const broken = judged(fixed, { policy: [], build: { outcome: 'failed', detail: 'no such file' } });
    expect(codes(broken.verdict)).toEqual(['does-not-apply']);
  });

  it('rejects what changes nothing, without a single run of the base', () => {
    const { verdict, evidence } = judged((_arm, test) => (GUARDS.includes(test) ? 'passed' : 'failed'));
    expect(verdict.verdict).toBe('rejected');
    expect(codes(verdict)).toContain('still-fails');
    expect(evidence.runs.map(({ arm }) => arm)).not.toContain('base');
  });

  it('rejects what passes the tests that were told, and no hidden one', () => {
    const { verdict } = judged((arm, test, at) => (test === 'told' ? 'passed' : nullOf(arm, test, at)));
    expect(verdict.verdict).toBe('rejected');
  });

  it.each(['timed_out', 'invalid'] as const)('takes no report that is %s for a pass', (outcome) => {
    expect(judged((arm, test) => (arm === 'base' ? nullOf(arm, test, 0) : outcome)).verdict.verdict).toBe(
      'rejected',
    );
  });

  it('rejects what fails in one process with its tests, before a trial apart from them', () => {
    const { verdict, evidence } = judged(fixed, {
      besides: (test) => (test === 'one' ? 'failed' : 'passed'),
    });
    expect(verdict.verdict).toBe('rejected');
    expect(codes(verdict)).toEqual(['still-fails']);
    expect(evidence.beside).toHaveLength(policy.besideRuns);
    expect(evidence.runs).toEqual([]);
    const broken = judged(fixed, { besides: (test) => (test === 'aside' ? 'timed_out' : 'passed') });
    expect(codes(broken.verdict)).toEqual(['guard-fails']);
  });

  it('lets a test off that passes once beside the code, and asks for no such run where all trials are that', () => {
    const flaky = judged(fixed, { besides: (test, at) => (test === 'one' && at < 2 ? 'failed' : 'passed') });
    expect(flaky.verdict.verdict).toBe('accepted');
    expect(judged(fixed, { beside: null }).verdict.verdict).toBe('accepted');
  });

  it('runs all tests once an arm, and then those that need more trials', () => {
    const { evidence } = judged((arm, test, at) =>
      arm === 'candidate' && test === 'keeps' && at === 0 ? 'failed' : fixed(arm, test, at),
    );
    const tests = (arm: Arm) =>
      evidence.runs.filter((run) => run.arm === arm).map(({ outcomes }) => Object.keys(outcomes).sort());
    const own = Object.keys(TESTS);
    const all = [...own, ...GUARDS].sort();
    expect(tests('base')).toEqual([all, ...Array.from({ length: 4 }, () => own.toSorted())]);
    expect(tests('candidate')).toEqual([all, ...Array.from({ length: 4 }, () => [...own, 'keeps'].sort())]);
  });

  it('rejects what breaks a test that passed', () => {
    const { verdict } = judged((arm, test, at) =>
      arm === 'candidate' && test === 'keeps' ? 'failed' : fixed(arm, test, at),
    );
    expect(verdict.verdict).toBe('rejected');
    expect(codes(verdict)).toContain('guard-fails');
  });

  it('lets a guard off that failed once and then passes', () => {
    const { verdict } = judged((arm, test, at) =>
      arm === 'candidate' && test === 'keeps' && at === 0 ? 'failed' : fixed(arm, test, at),
    );
    expect(verdict.verdict).toBe('accepted');
  });

  it('asks for more trials of a fix that is flaky, and accepts it', () => {
    const { verdict, evidence } = judged((arm, test, at) =>
      arm === 'candidate' && test === 'one' && at === 1 ? 'failed' : fixed(arm, test, at),
    );
    expect(verdict.verdict).toBe('accepted');
    expect(evidence.runs.length).toBeGreaterThanOrEqual(10);
  });

  it('hands what passes an impossible twin to a person', () => {
    const { verdict } = judged(fixed, { twin: 'passed' });
    expect(verdict.verdict).toBe('inconclusive');
    expect(codes(verdict)).toEqual(['implausible']);
    expect(judged(fixed, { twin: 'none' }).verdict.verdict).toBe('accepted');
  });

  it('rejects what a candidate does to its process, unless the base does that too', () => {
    const { verdict } = judged(fixed, { signs: (arm) => (arm === 'candidate' ? ['JSON.stringify'] : []) });
    expect(verdict.verdict).toBe('rejected');
    expect(verdict.reasons).toEqual([
      { code: 'process-changed', detail: expect.stringContaining('JSON.stringify') },
    ]);
    expect(judged(fixed, { signs: () => ['a listener of exit'] }).verdict.verdict).toBe('accepted');
  });

  it('hands what has copied from the tests to a person, if it is not refused anyway', () => {
    const { verdict } = judged(fixed, { copied: ['start 0 end 5'] });
    expect(verdict.verdict).toBe('inconclusive');
    expect(codes(verdict)).toEqual(['implausible']);
    expect(judged(nullOf, { copied: ['start 0 end 5'] }).verdict.verdict).toBe('rejected');
  });

  it('names where a patch breaks the policy, and why tests fail that did not report', () => {
    const reasonsOf = (path: string | null) =>
      judged(fixed, { policy: [{ code: 'tests-changed', path, rule: 'no' }] }).verdict.reasons;
    expect(reasonsOf('test/a.ts')).toEqual([{ code: 'tests-changed', detail: 'test/a.ts: no' }]);
    expect(reasonsOf(null)).toEqual([{ code: 'tests-changed', detail: 'no' }]);
    const { evidence } = judged(nullOf);
    const detailed = evidence.runs.map((run) => ({ ...run, detail: 'out of memory' }));
    const { reasons } = judgeCode({ ...evidence, runs: detailed }, policy).verdict;
    expect(reasons.length).toBeGreaterThan(0);
    for (const { detail } of reasons) expect(detail).toMatch(/; out of memory$/);
    for (const { detail } of judgeCode(evidence, policy).verdict.reasons) expect(detail).not.toContain(';');
  });

  it('gives a guard fewer runs beside the code than a test of the case', () => {
    const { evidence, verdict } = judged(fixed, {
      besides: (test) => (test === 'aside' ? 'failed' : 'passed'),
    });
    expect(evidence.beside).toHaveLength(policy.besideGuardRuns);
    expect(verdict.reasons).toEqual([{ code: 'guard-fails', detail: expect.stringMatching(/^aside: /) }]);
    const both = judged(fixed, { besides: () => 'failed' });
    expect(codes(both.verdict)).toEqual(['still-fails', 'guard-fails']);
    expect(both.evidence.beside).toHaveLength(policy.besideRuns);
    expect(judged(fixed).evidence.beside).toHaveLength(1);
    expect(judged(fixed, { tests: nothing.tests, besideGuards: [] }).evidence.beside).toHaveLength(1);
  });

  it('says how the last run beside the code ended', () => {
    const beside = Array.from({ length: policy.besideRuns }, (_, at) => ({
      outcomes: {},
      ended: 'reported' as const,
      report: null,
      detail: `ended ${at}`,
      wallMs: 1,
    }));
    const { reasons } = judged(fixed, { beside }).verdict;
    expect(reasons[0]?.detail).toMatch(new RegExp(`^told, one, two: .*; ended ${policy.besideRuns - 1}$`));
  });

  it('names five signs at most, each once', () => {
    const signs = (count: number) =>
      judged(fixed, {
        signs: (arm) => (arm === 'candidate' ? Array.from({ length: count }, (_, at) => `s${at}`) : []),
      }).verdict.reasons[0]?.detail;
    expect(signs(5)).toMatch(/s0, s1, s2, s3, s4$/);
    expect(signs(7)).toMatch(/s3, s4 and 2 more$/);
  });

  it('looks at the conduct of a case that needs no run of the base', () => {
    const { evidence } = judged(fixed);
    const candidates = evidence.runs.filter(({ arm }) => arm === 'candidate');
    const { verdict, next } = judgeCode({ ...evidence, runs: candidates }, policy);
    expect(verdict.verdict).toBe('inconclusive');
    expect(next).toEqual({ do: 'run', arm: 'base', only: null });
  });

  it('takes turns: the candidate first, and the base no further than it', () => {
    const { evidence } = judged(fixed);
    const arms = evidence.runs.map(({ arm }) => arm);
    expect(arms.slice(0, 4)).toEqual(['candidate', 'base', 'candidate', 'base']);
  });

  it('is inconclusive where no outcome could be accepted, before it runs anything', () => {
    const { verdict, evidence } = judged(fixed, { attempt: 1_000_000 });
    expect(verdict.verdict).toBe('inconclusive');
    expect(verdict.stages.find(({ state }) => state === 'inconclusive')?.stage).toBe('reachable');
    expect(evidence.runs).toEqual([]);
  });

  it('says what is open, stage by stage', () => {
    const { verdict, next } = judgeCode(nothing, policy);
    expect(verdict.reasons).toEqual([{ code: 'incomplete', detail: 'policy' }]);
    expect(next).toEqual({ do: 'policy' });
    const built = judgeCode({ ...nothing, policy: [] }, policy);
    expect(built.next).toEqual({ do: 'build' });
    expect(verdict.stages.filter(({ state }) => state === 'open').map(({ stage }) => stage)).toEqual(
      expect.arrayContaining(['policy', 'build', 'beside', 'tests', 'guards', 'conduct', 'twin']),
    );
  });

  it('counts trials and passes by test and arm, and shares by arm', () => {
    const { verdict } = judged((arm, test, at) => (test === 'told' ? 'passed' : fixed(arm, test, at)), {
      wallMs: 7,
      infraErrors: 2,
    });
    expect(verdict.cases[0]?.base).toBeCloseTo(1 / 3, 12);
    const told = verdict.tests.find(({ id }) => id === 'told');
    expect(told).toMatchObject({ role: 'visible', base: { trials: 5, passes: 5 } });
    expect(verdict.tests.find(({ id }) => id === 'one')).toMatchObject({
      base: { trials: 5, passes: 0 },
      candidate: { trials: 5, passes: 5 },
    });
    expect(verdict.guards.tests).toBe(GUARDS.length);
    expect(verdict.costs).toEqual({ wallMs: 7, trials: 10, infraErrors: 2 });
  });

  it('asks nothing of guards where there are none', () => {
    expect(judged(fixed, { guards: [], besideGuards: [] }).verdict.verdict).toBe('accepted');
  });

  it('asks more of a later attempt', () => {
    const levels = [1, 2, 5].map((attempt) => judged(fixed, { attempt }).verdict.level);
    expect(levels).toEqual(levels.toSorted((a, b) => b - a));
  });

  it('never accepts more often when a passed trial of the candidate turns into a failure', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0.3, max: 1, noNaN: true }),
        (seed, rate) => {
          const drawn = (worse: boolean): Behaviour => {
            const random = seededRandom(seed);
            const table = new Map<string, boolean>();
            for (let at = 0; at < 15; at++)
              for (const id of Object.keys(TESTS)) table.set(`${id} ${at}`, random() < rate);
            return (arm, test, at) => {
              if (arm === 'base' || GUARDS.includes(test)) return fixed(arm, test, at);
              return table.get(`${test} ${at}`) && !(worse && test === 'one' && at < 3) ? 'passed' : 'failed';
            };
          };
          const better = judged(drawn(false)).verdict.verdict;
          const worse = judged(drawn(true)).verdict.verdict;
          if (worse === 'accepted') expect(better).toBe('accepted');
        },
      ),
      { numRuns: 60 },
    );
  });
});

const nullOf: Behaviour = (_arm, test) => (GUARDS.includes(test) ? 'passed' : 'failed');
