import { describe, expect, it } from 'vitest';
import { exactCmh } from '../statistics/exact-cmh.ts';
import { confirmPower, detectableEffect, type RowWithRate } from './detectable-effect.ts';
import { planConfirm } from './plan-confirm.ts';
import { previewConfirm } from './preview.ts';
import { ProtocolPolicy } from './protocol-policy.ts';

const policy = ProtocolPolicy.parse({});
const row = (
  pattern: string,
  variant: string | null,
  split: 'dev' | 'holdout',
  basePassRate: number,
): RowWithRate => ({
  pattern,
  case: pattern,
  variant,
  split,
  basePassRate,
});
const pattern = (hidden: number, rate = 0) => [
  row('p', null, 'dev', rate),
  ...Array.from({ length: hidden }, (_, i) => row('p', `v${i}`, 'holdout', rate)),
];
const patterns = (count: number, each: number, rate: number) =>
  Array.from({ length: count * each }, (_, i) =>
    row(`p${Math.floor(i / each)}`, `v${i % each}`, 'holdout', rate),
  );

describe('previewConfirm', () => {
  it('says the smallest p and the smallest effect before anything is spent', () => {
    const { plan, detectable, refusal } = previewConfirm(pattern(3), 0, policy);
    expect(plan).toMatchObject({ attempt: 1, smallestP: 252 ** -3, trials: 5, maxTrials: 10 });
    expect(refusal).toBeNull();
    expect(detectable).toBeGreaterThan(0.5);
    expect(detectable).toBeLessThan(0.9);
  });

  it('refuses what no outcome could show within the budget, and says why', () => {
    expect(previewConfirm(pattern(1), 19, policy, 24)).toMatchObject({
      detectable: null,
      refusal: {
        code: 'too-few-trials',
        detail: '6 trials an arm reach p = 0.0011 at best; attempt 20 asks for 0.00012',
      },
    });
    expect(previewConfirm(pattern(1), 19, policy).plan).toMatchObject({ trials: 9, possible: true });
    expect(previewConfirm(pattern(0), 0, policy).refusal).not.toBeNull();
  });

  it('refuses after twenty attempts of flat levels: the holdout is rotated', () => {
    const preview = previewConfirm(pattern(3), 20, { ...policy, schedule: 'flat' });
    expect(preview).toMatchObject({ plan: null, refusal: { detail: expect.stringContaining('rotate') } });
    expect(previewConfirm(pattern(3), 20, policy).plan).toMatchObject({ attempt: 21 });
  });

  it('a sign-flip needs every one of six patterns to gain, and asks for a larger effect than twelve do', () => {
    const quick = { ...policy, powerReplicates: 100 };
    const six = previewConfirm(patterns(6, 2, 0.2), 0, quick);
    const twelve = previewConfirm(patterns(12, 2, 0.2), 0, quick);
    expect(six.plan?.smallestP).toBe(1 / 64);
    expect(six.detectable).toBeGreaterThan(twelve.detectable ?? 1);
  });
});

describe('confirmPower', () => {
  const rows = pattern(1);
  const plan = planConfirm(rows, 1, policy);

  /** By the rule itself: binomial outcomes of both rows at five and ten trials; the base never passes. */
  function exactPower(rate: number): number {
    const binomial = (k: number, n: number): number => {
      let ways = 1;
      for (let i = 1; i <= k; i++) ways = (ways * (n - i + 1)) / i;
      return ways * rate ** k * (1 - rate) ** (n - k);
    };
    const p = (passes: number, n: number) =>
      exactCmh([{ baseTrials: n, basePasses: 0, candidateTrials: n, candidatePasses: passes }]);
    let power = 0;
    for (let seen = 0; seen <= 5; seen++) {
      for (let own = 0; own <= 5; own++) {
        const now = binomial(seen, 5) * binomial(own, 5);
        if (p(own, 5) <= plan.lookLevel && own > 2 && seen > 2) power += now;
        else if (own > 0 && seen > 0) {
          for (let moreSeen = 0; moreSeen <= 5; moreSeen++) {
            for (let moreOwn = 0; moreOwn <= 5; moreOwn++) {
              const good = seen + moreSeen > 5 && own + moreOwn > 5 && p(own + moreOwn, 10) <= plan.lookLevel;
              if (good) power += now * binomial(moreSeen, 5) * binomial(moreOwn, 5);
            }
          }
        }
      }
    }
    return power;
  }

  it.each([0.5, 0.7, 0.9, 1])('agrees with the exact power of a fix that passes %f', (rate) => {
    const many = { ...policy, powerReplicates: 1500 };
    expect(Math.abs(confirmPower(rows, rate, plan, many) - exactPower(rate))).toBeLessThan(0.04);
  });

  it('grows with the lift', () => {
    const powers = [0, 0.2, 0.4, 0.6, 0.8, 1].map((lift) => confirmPower(rows, lift, plan, policy));
    expect(powers).toEqual([...powers].sort((a, b) => a - b));
    expect(powers[0]).toBe(0);
    expect(powers.at(-1)).toBe(1);
  });

  it('the detectable effect is the smallest step with the power asked for', () => {
    const effect = detectableEffect(rows, plan, policy) ?? 0;
    expect(confirmPower(rows, effect, plan, policy)).toBeGreaterThanOrEqual(policy.power);
    expect(confirmPower(rows, effect - 0.01, plan, policy)).toBeLessThan(policy.power);
  });

  it('nothing is detectable where the base always passes', () => {
    const passing = patterns(3, 2, 1);
    expect(detectableEffect(passing, planConfirm(passing, 1, policy), policy)).toBeNull();
  });
});
