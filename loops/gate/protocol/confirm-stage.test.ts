import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../statistics/seeded-random.ts';
import { confirmStage } from './confirm-stage.ts';
import type { PatternTrials } from './pattern-trials.ts';
import { planConfirm } from './plan-confirm.ts';
import { ProtocolPolicy } from './protocol-policy.ts';
import { anyHidden, arm, hidden, visible } from './test-rows.ts';

const policy = ProtocolPolicy.parse({});
const confirm = (rows: PatternTrials[], attempt = 1) =>
  confirmStage(rows, planConfirm(rows, attempt, policy), policy);
const codes = (rows: PatternTrials[], attempt = 1) => {
  const { verdict, reasons } = confirm(rows, attempt);
  return [verdict, ...reasons.map(({ code }) => code)];
};
/** One pattern: its visible case and its hidden variants. */
const one = (...variants: [base: number, candidate: number][]) => [
  visible('seen', 0, 5),
  ...variants.map(([base, candidate], i) => hidden('p', `v${i}`, base, candidate)),
];

describe('one pattern', () => {
  it('is fixed when case and variants pass, with its figures', () => {
    expect(confirm(one([0, 5]))).toEqual({
      verdict: 'accepted',
      reasons: [],
      requests: [],
      figures: {
        attempt: 1,
        test: 'exact-cmh',
        claim: 'this pattern is fixed',
        p: expect.closeTo(1 / 252, 12),
        level: 0.0125,
        lift: 1,
        patterns: 1,
        hidden: 1,
        trials: 5,
        infraErrors: 0,
      },
    });
  });

  it('asks for ten trials of all its rows when it is flaky, then judges those: 7 of 10 are enough', () => {
    const { verdict, requests } = confirm(one([0, 4]));
    expect(verdict).toBe('more');
    expect(requests.map(({ row, base, candidate }) => [row.variant, base, candidate])).toEqual([
      [null, 5, 5],
      ['v0', 5, 5],
    ]);
    const grown = [visible('seen', 0, 10, 10), hidden('p', 'v0', 0, 7, 10)];
    expect(confirm(grown)).toMatchObject({ verdict: 'accepted', figures: { trials: 10 } });
    expect(confirm(grown).figures.p).toBeCloseTo(0.0015, 4);
  });

  it('tests nothing between the two looks', () => {
    const between = [visible('seen', 0, 8, 8), hidden('p', 'v0', 0, 7, 8)];
    expect(confirm(between)).toMatchObject({ verdict: 'more', figures: { p: null } });
    const half = [visible('seen', 0, 5), hidden('p', 'v0', 0, 8, 8)];
    expect(confirm(half).requests.map(({ candidate }) => candidate)).toEqual([5, 2]);
  });

  it.each<[string, PatternTrials[], string[]]>([
    ['a base that passes as often', one([5, 5], [5, 5]), ['rejected', 'not-significant']],
    ['a variant that never passes', one([0, 5], [0, 0]), ['rejected', 'still-fails']],
    [
      'a visible case that fails most of its trials',
      [visible('seen', 0, 4, 10), hidden('p', 'v0', 0, 10, 10)],
      ['rejected', 'still-fails'],
    ],
    [
      'half of ten trials',
      [visible('seen', 0, 10, 10), hidden('p', 'v0', 0, 5, 10)],
      ['rejected', 'still-fails'],
    ],
  ])('is not fixed by %s', (_, rows, expected) => {
    expect(codes(rows)).toEqual(expected);
  });

  it('accepts no more than its level over both looks of a candidate that is the base', () => {
    const random = seededRandom(4);
    const passes = (rate: number, trials: number) =>
      Array.from({ length: trials }, random).filter((x) => x < rate).length;
    for (const rate of [0.6, 0.8]) {
      let accepted = 0;
      for (let run = 0; run < 4000; run++) {
        const draw = () => [passes(rate, 5), passes(rate, 5), passes(rate, 5), passes(rate, 5)] as const;
        const [a, b] = [draw(), draw()];
        const rows = (trials: number, [base, seen, hiddenBase, own]: readonly number[]) => [
          visible('seen', base ?? 0, seen ?? 0, trials),
          hidden('p', 'v0', hiddenBase ?? 0, own ?? 0, trials),
        ];
        const first = confirm(rows(5, a));
        const last =
          first.verdict === 'more'
            ? confirm(
                rows(
                  10,
                  a.map((n, i) => n + (b[i] ?? 0)),
                ),
              )
            : first;
        if (last.verdict === 'accepted') accepted++;
      }
      expect(accepted / 4000).toBeLessThan(0.025);
    }
  });
});

describe('several patterns', () => {
  const some = [hidden('p', 'v0', 0, 3), hidden('q', 'v0', 1, 4), hidden('q', 'v1', 1, 5)];

  it('are tested together, once, and need not all pass', () => {
    expect(confirm(some)).toMatchObject({
      verdict: 'accepted',
      figures: { claim: 'on this set', level: 0.025 },
    });
    expect(codes([...some, hidden('r', 'v0', 0, 0)])).toEqual(['accepted']);
    expect(codes([hidden('p', 'v0', 2, 3), hidden('q', 'v0', 1, 3)])).toEqual([
      'rejected',
      'not-significant',
    ]);
  });

  it('the same trials are not enough at a later attempt', () => {
    expect(codes(some, 20)).toEqual(['rejected', 'not-significant']);
  });
});

describe('halfway', () => {
  const rowsAt = (trials: number, base: number, candidate: number) =>
    ['p', 'q', 'r'].map((pattern) => hidden(pattern, 'v0', base, candidate, trials));

  it('asks for three trials first, and gives up a candidate without a lift', () => {
    expect(confirm(rowsAt(0, 0, 0)).requests.map(({ base }) => base)).toEqual([3, 3, 3]);
    expect(codes(rowsAt(3, 1, 1))).toEqual(['rejected', 'no-lift']);
    expect(confirm(rowsAt(3, 1, 2)).requests.map(({ base }) => base)).toEqual([2, 2, 2]);
  });

  it('accepts nothing there, however clear', () => {
    expect(confirm(rowsAt(3, 0, 3))).toMatchObject({ verdict: 'more', figures: { p: null } });
    expect(codes(rowsAt(5, 0, 5))).toEqual(['accepted']);
  });

  it('is not for one pattern, whose flaky fix may fail at first', () => {
    expect(confirm([visible('seen', 0, 3, 3), hidden('p', 'v0', 0, 0, 3)]).verdict).toBe('more');
  });
});

describe('many patterns', () => {
  const gains = (patterns: number, of: number) =>
    Array.from({ length: of }, (_, i) => hidden(`p${i}`, 'v0', 2, i < patterns ? 4 : 2));

  it('claim in general what the sign-flip shows', () => {
    expect(confirm(gains(8, 12))).toMatchObject({
      verdict: 'accepted',
      figures: {
        test: 'cluster-sign-flip',
        claim: 'in general, for cases like these',
        p: 1 / 256,
        patterns: 12,
      },
    });
    expect(codes(gains(5, 12))).toEqual(['rejected', 'not-significant']);
  });

  it('one pattern with many variants is one pattern', () => {
    const big = Array.from({ length: 30 }, (_, i) => hidden('p0', `v${i}`, 0, 5));
    const rest = Array.from({ length: 9 }, (_, i) => hidden(`p${i + 1}`, 'v0', 2, 2));
    expect(codes([...big, ...rest])).toEqual(['rejected', 'not-significant']);
  });
});

describe('infrastructure errors', () => {
  it('are run again, and are no failures', () => {
    const rows = one([0, 5]);
    const broken = rows.map((row) => (row.variant === null ? row : { ...row, candidate: arm(3, 3, 2) }));
    expect(confirm(broken)).toMatchObject({ verdict: 'more', figures: { infraErrors: 2 } });
    expect(confirm(broken).requests).toHaveLength(1);
    expect(codes(rows.map((row) => ({ ...row, candidate: { ...row.candidate, infraErrors: 5 } })))).toEqual([
      'accepted',
    ]);
  });

  it('conclude nothing beyond what may be retried', () => {
    const lost = one([0, 5]).map((row) => ({ ...row, base: arm(0, 4, 6) }));
    expect(codes(lost)).toEqual(['inconclusive', 'error']);
  });
});

it('is inconclusive about what no outcome could show', () => {
  const rows = one([0, 5]);
  const plan = planConfirm(rows, 20, policy, 24);
  expect(confirmStage(rows, plan, policy)).toMatchObject({
    verdict: 'inconclusive',
    reasons: [{ code: 'too-few-trials' }],
  });
});

describe('properties', () => {
  it('does not depend on the order of rows', () => {
    fc.assert(
      fc.property(anyHidden(8), (rows) => {
        const [there, back] = [confirm(rows), confirm([...rows].reverse())];
        expect(back.verdict).toBe(there.verdict);
        expect(back.figures.p ?? 0).toBeCloseTo(there.figures.p ?? 0, 12);
      }),
    );
  });

  it('a passed candidate trial turned into a failure never brings an acceptance', () => {
    fc.assert(
      fc.property(anyHidden(8), fc.nat(), (rows, at) => {
        fc.pre(confirm(rows).verdict !== 'accepted');
        const index = at % rows.length;
        const worse = rows.map((row, i) =>
          i === index && row.candidate.passes > 0
            ? { ...row, candidate: { ...row.candidate, passes: row.candidate.passes - 1 } }
            : row,
        );
        expect(confirm(worse).verdict).not.toBe('accepted');
      }),
    );
  });

  it('what is accepted at an attempt is accepted at every earlier one by the same test', () => {
    fc.assert(
      fc.property(anyHidden(4), fc.integer({ min: 2, max: 20 }), (any, attempt) => {
        const rows = any.map((row) => ({ ...row, base: arm(0, 5) }));
        const late = confirm(rows, attempt);
        fc.pre(late.verdict === 'accepted' && late.figures.trials === 5);
        const early = confirm(rows, attempt - 1);
        if (early.figures.test === late.figures.test) expect(early.verdict).toBe('accepted');
      }),
    );
  });

  it('accepts nothing while a trial is missing', () => {
    fc.assert(
      fc.property(anyHidden(8), fc.nat(), (rows, at) => {
        const index = at % rows.length;
        const short = rows.map((row, i) =>
          i === index ? { ...row, base: arm(Math.min(4, row.base.passes), 4) } : row,
        );
        expect(confirm(short).verdict).not.toBe('accepted');
      }),
    );
  });
});
