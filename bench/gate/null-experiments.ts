import { toCasePasses } from '../../loops/gate/protocol/pattern-trials.ts';
import { exactCmh } from '../../loops/gate/statistics/exact-cmh.ts';
import type { Random } from '../../loops/gate/statistics/seeded-random.ts';
import { attemptFigures, confirmAtAttempts } from './attempts.ts';
import { type Experiment, finding, share } from './experiment.ts';
import { addRound, withoutTrials } from './run-trials.ts';
import { makeRows, type Shape, type TrueRow, withEffects, withSkewedEffects } from './worlds.ts';

const SECTION = 'False accepts of one candidate no better than the base, at attempts 1, 5, 10, 20 and flat';

const onePattern = (hidden: number, base: number) => (random: Random) => [
  ...makeRows(random, { patterns: 1, casesPerPattern: 1, split: 'dev', base }),
  ...makeRows(random, { patterns: 1, casesPerPattern: hidden, split: 'holdout', base }),
];
const several: Shape = { patterns: 5, casesPerPattern: 5, split: 'holdout', base: 'mixed' };
export const many: Shape = { patterns: 30, casesPerPattern: 5, split: 'holdout', base: 'mixed' };

/** Each row of the scope table under the null of its own claim. */
export const nullExperiments: Experiment[] = [
  confirmNull('one pattern, 1 hidden variant, both arms pass 70 %', onePattern(1, 0.7)),
  confirmNull('one pattern, 3 hidden variants, both arms pass 70 %', onePattern(3, 0.7)),
  confirmNull('5 patterns of 5 (exact CMH), both arms alike', (random) => makeRows(random, several)),
  confirmNull('30 patterns of 5 (sign-flip), both arms alike', (random) => makeRows(random, many)),
  confirmNull('30 patterns of 5, zero-mean effects by case', (random) =>
    withEffects(random, makeRows(random, many), 'case'),
  ),
  confirmNull('30 patterns of 5, zero-mean effects by pattern', (random) =>
    withEffects(random, makeRows(random, many), 'pattern'),
  ),
  confirmNull('30 patterns of 5, nine in ten gain, one loses nine times that', (random) =>
    withSkewedEffects(random, makeRows(random, many)),
  ),
  confirmNull(
    '30 patterns of 5, alike, a tenth of all runs end in infrastructure errors',
    (random) => makeRows(random, many),
    0.1,
  ),
  naive(),
];

function confirmNull(what: string, world: (random: Random) => TrueRow[], infraShare = 0): Experiment {
  return {
    name: `null: ${what}`,
    effort: 1,
    run: (random) => confirmAtAttempts(random, world(random), infraShare),
    findings: (counts, replicates) => [
      finding(SECTION, what, attemptFigures(counts, replicates), { most: 0.05 }),
    ],
  };
}

/** What other rules accept of the same candidates: five trials an arm, 150 cases in patterns of 5. */
function naive(): Experiment {
  const worlds = {
    alike: (_: Random, rows: TrueRow[]) => rows,
    'effects by case': (random: Random, rows: TrueRow[]) => withEffects(random, rows, 'case'),
    'effects by pattern': (random: Random, rows: TrueRow[]) => withEffects(random, rows, 'pattern'),
  };
  return {
    name: 'null: other rules',
    effort: 1,
    run: (random) => {
      const counts: Record<string, number> = {};
      for (const [name, change] of Object.entries(worlds)) {
        const truth = change(random, makeRows(random, many));
        let seen = withoutTrials(truth);
        for (let round = 0; round < 5; round++) seen = addRound(random, truth, seen);
        const lift = seen.reduce((sum, { base, candidate }) => sum + candidate.passes - base.passes, 0);
        counts[`rate ${name}`] = lift > 0 ? 1 : 0;
        counts[`cmh ${name}`] = exactCmh(seen.map(toCasePasses)) <= 0.05 ? 1 : 0;
      }
      return counts;
    },
    findings: (counts, replicates) =>
      Object.entries({ rate: '"the pass rate went up"', cmh: 'exact CMH at .05, as a claim in general' }).map(
        ([rule, what]) =>
          finding(
            'For comparison: what other rules accept of them',
            what,
            Object.keys(worlds).map((name) => share(counts[`${rule} ${name}`], replicates, name)),
          ),
      ),
  };
}
