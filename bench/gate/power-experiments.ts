import type { Random } from '../../loops/gate/statistics/seeded-random.ts';
import { attemptFigures, confirmAtAttempts } from './attempts.ts';
import { type Experiment, finding } from './experiment.ts';
import { makeRows, type TrueRow, withCommonLift, withEffects } from './worlds.ts';

const SECTION = 'Power of the confirm stage, at attempts 1, 5, 10, 20 and flat';

/** Patterns of 5 cases, all in the holdout. */
const cases = (random: Random, count: number) =>
  makeRows(random, { patterns: count / 5, casesPerPattern: 5, split: 'holdout', base: 'mixed' });
const fixed = (hidden: number, passRate: number) => (random: Random) =>
  [
    ...makeRows(random, { patterns: 1, casesPerPattern: 1, split: 'dev', base: 0 }),
    ...makeRows(random, { patterns: 1, casesPerPattern: hidden, split: 'holdout', base: 0 }),
  ].map((row) => ({ ...row, candidate: passRate }));
/** Of five patterns that always fail, the first two are fixed. */
const twoOfFive = (random: Random) =>
  makeRows(random, { patterns: 5, casesPerPattern: 3, split: 'holdout', base: 0 }).map((row, i) =>
    i < 6 ? { ...row, candidate: 0.9 } : row,
  );

/** `isBar`: the bar of the first attempt stands on it. */
const worlds: { what: string; isBar?: boolean; make: (random: Random) => TrueRow[] }[] = [
  { what: '+10 points, 300 cases', isBar: true, make: (random) => withCommonLift(cases(random, 300), 0.1) },
  {
    what: '+10 points, 300 cases of which 150 are the holdout',
    isBar: true,
    make: (random) => withCommonLift(cases(random, 150), 0.1),
  },
  { what: '+10 points, 100 cases', make: (random) => withCommonLift(cases(random, 100), 0.1) },
  {
    what: '+10 points on average, by pattern anything around it, 300 cases',
    make: (random) => withEffects(random, withCommonLift(cases(random, 300), 0.1), 'pattern'),
  },
  {
    what: '+10 points on average, by pattern anything around it, 150 cases',
    make: (random) => withEffects(random, withCommonLift(cases(random, 150), 0.1), 'pattern'),
  },
  {
    what: '+10 points, 5 patterns of 20 (exact CMH)',
    make: (random) =>
      withCommonLift(
        makeRows(random, { patterns: 5, casesPerPattern: 20, split: 'holdout', base: 'mixed' }),
        0.1,
      ),
  },
  { what: '5 patterns of 3 that always fail, two fixed to 90 %', make: twoOfFive },
  { what: 'one pattern, 1 hidden variant, fixed to 90 %', make: fixed(1, 0.9) },
  { what: 'one pattern, 3 hidden variants, fixed to 90 %', make: fixed(3, 0.9) },
  { what: 'one pattern, 3 hidden variants, fixed to 70 %', make: fixed(3, 0.7) },
];

export const powerExperiments: Experiment[] = worlds.map(({ what, isBar, make }) => ({
  name: `power: ${what}`,
  effort: 0.25,
  run: (random) => confirmAtAttempts(random, make(random)),
  findings: (counts, replicates) => {
    const figures = attemptFigures(counts, replicates);
    const barred = finding('Power, first attempt', what, figures.slice(0, 1), { least: 0.95 });
    return [...(isBar ? [barred] : []), finding(SECTION, what, figures)];
  },
}));
