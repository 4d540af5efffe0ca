import type { Random } from '../../loops/gate/statistics/seeded-random.ts';
import { type Route, runCampaign } from './end-to-end.ts';
import { type Counts, type Experiment, type Finding, finding, mean, share } from './experiment.ts';
import { many } from './null-experiments.ts';
import {
  makeRows,
  type TrueRow,
  withCommonLift,
  withEffects,
  withKnownAnswers,
  withSkewedEffects,
} from './worlds.ts';

const CANDIDATES = 20;
const BEST_OF = `False accepts among ${CANDIDATES} candidates no better than the base, end to end`;
const SPECIAL = 'False accepts of candidates that know the answers of 30 % of the dev cases';
const SAVED = `Trials saved over ${CANDIDATES} candidates, against all trials of all of them`;
const routes: Route[] = ['one by one', 5, 20];
const nameOf = (route: Route) => (route === 'one by one' ? 'one by one' : `screened ${route} at a time`);

/** 300 cases in patterns of 5, half of them sealed. */
const dataset = (random: Random) => [
  ...makeRows(random, { ...many, split: 'dev' }),
  ...makeRows(random, many),
];
/** Few patterns: each has one visible case and five hidden variants. */
const fewPatterns = (random: Random) => [
  ...makeRows(random, { patterns: 5, casesPerPattern: 1, split: 'dev', base: 'mixed' }),
  ...makeRows(random, { patterns: 5, casesPerPattern: 5, split: 'holdout', base: 'mixed' }),
];

interface CampaignWorld {
  what: string;
  routes: Route[];
  effort: number;
  /** The true rows of each candidate. */
  candidates(random: Random): TrueRow[][];
  findings(what: string, counts: Counts, replicates: number, route: Route): Finding[];
}

const twenty = (make: (i: number) => TrueRow[]) => Array.from({ length: CANDIDATES }, (_, i) => make(i));

const worlds: CampaignWorld[] = [
  {
    what: 'both arms alike',
    routes,
    effort: 1,
    candidates: (random) => {
      const rows = dataset(random);
      return twenty(() => rows);
    },
    findings: (what, counts, replicates, route) => [
      falseAccepts(BEST_OF, what, counts, replicates),
      saved(what, counts, route),
      finding('Of these, in the dev stage alone', what, [
        mean(
          (counts['allDevTrials'] ?? 0) - (counts['devTrials'] ?? 0),
          counts['allDevTrials'] ?? 1,
          '',
          '%',
        ),
      ]),
      finding('Confirm stages that these candidates get to', what, [mean(counts['attempts'], replicates)]),
    ],
  },
  {
    what: 'zero-mean effects by pattern',
    routes,
    effort: 0.5,
    candidates: (random) => {
      const rows = dataset(random);
      return twenty(() => withEffects(random, rows, 'pattern'));
    },
    findings: (what, counts, replicates) => [falseAccepts(BEST_OF, what, counts, replicates)],
  },
  {
    // A sign-flip supposes effects as likely up as down: this is where that is not so.
    what: 'nine in ten patterns gain, one loses nine times that (no bar)',
    routes: ['one by one'],
    effort: 0.5,
    candidates: (random) => {
      const rows = dataset(random);
      return twenty(() => withSkewedEffects(random, rows));
    },
    findings: (what, counts, replicates) => [
      { ...falseAccepts(BEST_OF, what, counts, replicates), bar: null, holds: null },
    ],
  },
  {
    what: '17 no better, two at +5 points, one at +10',
    routes,
    effort: 0.1,
    candidates: (random) => {
      const rows = dataset(random);
      const points = (i: number) => (i === 19 ? 0.1 : i >= 17 ? 0.05 : 0);
      return twenty((i) => (points(i) === 0 ? rows : withCommonLift(rows, points(i))));
    },
    findings: (what, counts, replicates, route) => [
      saved(what, counts, route),
      finding('The one at +10 points among 17 no better and two at +5 is accepted, end to end', what, [
        share(counts['falling 19'], replicates, 'falling'),
        share(counts['flat 19'], replicates, 'flat'),
      ]),
    ],
  },
  {
    what: 'one of them',
    routes: ['one by one'],
    effort: 1,
    candidates: (random) => [withKnownAnswers(random, dataset(random), 0.3)],
    findings: (what, counts, replicates) => [falseAccepts(SPECIAL, what, counts, replicates)],
  },
  {
    what: `${CANDIDATES} of them`,
    routes: ['one by one'],
    effort: 1,
    candidates: (random) => {
      const rows = dataset(random);
      return twenty(() => withKnownAnswers(random, rows, 0.3));
    },
    findings: (what, counts, replicates) => [falseAccepts(SPECIAL, what, counts, replicates)],
  },
  {
    what: `${CANDIDATES} of them, zero-mean effects by pattern in the holdout`,
    routes: ['one by one'],
    effort: 1,
    candidates: (random) => {
      const rows = dataset(random);
      return twenty(() => withKnownAnswers(random, withEffects(random, rows, 'pattern'), 0.3));
    },
    findings: (what, counts, replicates) => [falseAccepts(SPECIAL, what, counts, replicates)],
  },
  {
    what: `${CANDIDATES} that know every visible case of 5 patterns with 5 hidden variants each`,
    routes: ['one by one'],
    effort: 1,
    candidates: (random) => {
      const rows = fewPatterns(random);
      return twenty(() => withKnownAnswers(random, rows, 1));
    },
    findings: (what, counts, replicates) => [falseAccepts(SPECIAL, what, counts, replicates)],
  },
];

export const campaignExperiments: Experiment[] = worlds.flatMap((world) =>
  world.routes.map((route) => ({
    name: `campaign: ${world.what}, ${nameOf(route)}`,
    effort: world.effort,
    run: (random: Random) => {
      const { falling, flat, ...sums } = runCampaign(random, world.candidates(random), route, seedOf(random));
      return {
        ...sums,
        falling: Math.min(1, falling.length),
        flat: Math.min(1, flat.length),
        'falling 19': falling.includes(19) ? 1 : 0,
        'flat 19': flat.includes(19) ? 1 : 0,
      };
    },
    findings: (counts: Counts, replicates: number) => {
      const what = world.routes.length > 1 ? `${world.what}; ${nameOf(route)}` : world.what;
      return world.findings(what, counts, replicates, route);
    },
  })),
);

function falseAccepts(section: string, what: string, counts: Counts, replicates: number): Finding {
  const figures = (['falling', 'flat'] as const).map((name) => share(counts[name], replicates, name));
  return finding(section, what, figures, { most: 0.05 });
}

/** The bar is for several candidates, which are screened; one by one there is nothing to choose from. */
function saved(what: string, counts: Counts, route: Route): Finding {
  const all = counts['allTrials'] ?? 1;
  const figures = [mean(all - (counts['trials'] ?? 0), all, '', '%')];
  return finding(SAVED, what, figures, route === 'one by one' ? null : { least: 0.75 });
}

function seedOf(random: Random): number {
  return Math.floor(random() * 2 ** 31);
}
