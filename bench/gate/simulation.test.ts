import { describe, expect, it } from 'vitest';
import { planConfirm } from '../../loops/gate/protocol/plan-confirm.ts';
import { ProtocolPolicy } from '../../loops/gate/protocol/protocol-policy.ts';
import { seededRandom } from '../../loops/gate/statistics/seeded-random.ts';
import { runCampaign } from './end-to-end.ts';
import { finding, mean, share } from './experiment.ts';
import { experiments, runJob } from './experiments.ts';
import { runConfirm } from './run-trials.ts';
import {
  makeRows,
  type TrueRow,
  withCommonLift,
  withEffects,
  withKnownAnswers,
  withSkewedEffects,
} from './worlds.ts';

const random = seededRandom(1);
const rows = makeRows(random, { patterns: 4000, casesPerPattern: 5, split: 'holdout', base: 'mixed' });
const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const effects = (list: readonly TrueRow[]) => list.map(({ base, candidate }) => candidate - base);

describe('worlds', () => {
  it('mixed pass probabilities have a mean of .47, from nearly never to nearly always', () => {
    const rates = rows.map(({ base }) => base);
    expect(average(rates)).toBeCloseTo(0.47, 2);
    for (const third of [0.15, 0.85])
      expect(rates.filter((rate) => Math.abs(rate - third) < 0.15).length).toBeGreaterThan(rates.length / 10);
    expect(effects(rows).every((effect) => effect === 0)).toBe(true);
  });

  it('a common lift of ten points is ten points on average', () => {
    expect(average(effects(withCommonLift(rows, 0.1)))).toBeCloseTo(0.1, 6);
  });

  it.each<[string, (list: readonly TrueRow[]) => TrueRow[]]>([
    ['by case', (list) => withEffects(random, list, 'case')],
    ['by pattern', (list) => withEffects(random, list, 'pattern')],
    ['skewed', (list) => withSkewedEffects(random, list)],
  ])('effects %s are of zero mean, and leave probabilities', (_, change) => {
    const changed = change(rows);
    expect(Math.abs(average(effects(changed)))).toBeLessThan(0.008);
    expect(average(effects(changed).map(Math.abs))).toBeGreaterThan(0.03);
    expect(changed.every(({ candidate }) => candidate >= 0 && candidate <= 1)).toBe(true);
  });

  it('within a pattern all effects have one sign', () => {
    const signs = new Map<string, Set<number>>();
    for (const { pattern, base, candidate } of withEffects(random, rows, 'pattern')) {
      signs.set(pattern, (signs.get(pattern) ?? new Set()).add(Math.sign(candidate - base)));
    }
    expect([...signs.values()].every(({ size }) => size === 1)).toBe(true);
  });

  it('known answers are of dev cases alone, and only so many', () => {
    const dev = makeRows(random, { patterns: 1000, casesPerPattern: 5, split: 'dev', base: 0.5 });
    const known = withKnownAnswers(random, [...dev, ...rows], 0.3).filter(
      ({ base, candidate }) => candidate !== base,
    );
    expect(known.every(({ split, candidate }) => split === 'dev' && candidate === 1)).toBe(true);
    expect(known.length / dev.length).toBeCloseTo(0.3, 1);
  });
});

describe('trials', () => {
  const policy = ProtocolPolicy.parse({});
  const few = makeRows(random, { patterns: 8, casesPerPattern: 3, split: 'holdout', base: 0 });
  const fixed = few.map((row) => ({ ...row, candidate: 1 }));

  it('a candidate that always passes what the base never does is accepted after all its trials', () => {
    const run = runConfirm(random, fixed, planConfirm(fixed, 1, policy), policy, 0.1);
    expect(run.result.verdict).toBe('accepted');
    expect(run.trials).toBe(24 * 5 * 2);
    expect(run.result.figures.infraErrors).toBeGreaterThan(0);
  });

  it('a campaign of such candidates accepts them all, one of no lift none, and both count their trials', () => {
    const dev = makeRows(random, { patterns: 10, casesPerPattern: 1, split: 'dev', base: 0 });
    const good = [...dev, ...few].map((row) => ({ ...row, candidate: 1 }));
    const none = [...dev, ...few];
    const campaign = runCampaign(random, [good, none, good], 'one by one', 1);
    // The dev stage takes one round each; the confirm stage five on 24 rows.
    expect(campaign).toMatchObject({
      falling: [0, 2],
      flat: [0, 2],
      attempts: 2,
      devTrials: 60,
      trials: 540,
      allTrials: 1020,
    });
    expect(runCampaign(random, [none, good, none], 3, 1)).toMatchObject({ falling: [1], attempts: 1 });
  });
});

describe('experiments', () => {
  it('have names and sections of their own, and give the same sums in whatever pieces they are run', () => {
    expect(new Set(experiments.map(({ name }) => name)).size).toBe(experiments.length);
    const name = 'null: 5 patterns of 5 (exact CMH), both arms alike';
    const job = (from: number, to: number) => runJob({ experiment: name, seed: 3, from, to });
    const [whole, first, rest] = [job(0, 60), job(0, 25), job(25, 60)];
    for (const key of Object.keys(whole)) expect(whole[key]).toBe((first[key] ?? 0) + (rest[key] ?? 0));
    expect(() => runJob({ experiment: 'none', seed: 1, from: 0, to: 1 })).toThrow(RangeError);
  });

  it('a bar is missed by the figure that is beyond it', () => {
    expect(share(5, 100)).toMatchObject({
      value: 0.05,
      interval: [expect.closeTo(0.0215, 3), expect.closeTo(0.1118, 3)],
    });
    expect(finding('s', 'w', [share(5, 100)], { most: 0.05 }).holds).toBe(true);
    expect(finding('s', 'w', [share(5, 100), share(6, 100)], { most: 0.05 }).holds).toBe(false);
    expect(finding('s', 'w', [mean(94, 100)], { least: 0.95 }).holds).toBe(false);
    expect(finding('s', 'w', [mean(94, 100)]).holds).toBeNull();
  });
});
