import { judgeGuards } from '../../loops/gate/protocol/guards.ts';
import type { PatternTrials } from '../../loops/gate/protocol/pattern-trials.ts';
import { ProtocolPolicy } from '../../loops/gate/protocol/protocol-policy.ts';
import type { Random } from '../../loops/gate/statistics/seeded-random.ts';
import { type Experiment, finding, share } from './experiment.ts';
import { passesOf } from './random.ts';
import { addRound, withoutTrials } from './run-trials.ts';
import { makeRows, type TrueRow } from './worlds.ts';

const GUARDS = 300;
const policy = ProtocolPolicy.parse({});

const guards = (random: Random, base: number, candidate: number) =>
  makeRows(random, { patterns: GUARDS, casesPerPattern: 1, split: 'guard', base }).map((row) => ({
    ...row,
    candidate,
  }));

const worlds: { what: string; make: (random: Random) => TrueRow[] }[] = [
  { what: 'a good patch, 1 % flake', make: (random) => guards(random, 0.99, 0.99) },
  { what: 'a good patch, 5 % flake', make: (random) => guards(random, 0.95, 0.95) },
  {
    what: 'one guard broken, 1 % flake',
    make: (random) => guards(random, 0.99, 0.99).map((row, i) => (i === 0 ? { ...row, candidate: 0 } : row)),
  },
  { what: 'all guards 3 points worse', make: (random) => guards(random, 0.99, 0.96) },
  { what: 'all guards 5 points worse', make: (random) => guards(random, 0.99, 0.94) },
];

export const guardExperiments: Experiment[] = worlds.map(({ what, make }) => ({
  name: `guards: ${what}`,
  effort: 0.25,
  run: (random) => runGuards(random, make(random)),
  findings: (counts, replicates) => [
    finding(`Patches blocked by ${GUARDS} guards: by the protocol, and if any fail blocked`, what, [
      share(counts['blocked'], replicates, 'protocol'),
      share(counts['any'], replicates, 'any fail'),
    ]),
  ],
}));

function runGuards(random: Random, truth: readonly TrueRow[]) {
  const first = addRound(random, truth, withoutTrials(truth));
  const any = first.some(({ candidate }) => candidate.passes === 0) ? 1 : 0;
  const rates = new Map(truth.map((row) => [row.case, row.candidate]));
  const reruns: PatternTrials[] = [];
  for (;;) {
    const { state, requests } = judgeGuards({ first, reruns }, policy);
    if (state !== 'more') return { any, blocked: state === 'blocked' ? 1 : 0 };
    for (const { row, candidate: trials } of requests) {
      const passes = passesOf(random, rates.get(row.case) ?? 0, trials);
      const none = { trials: 0, passes: 0, infraErrors: 0 };
      reruns.push({ ...row, base: none, candidate: { trials, passes, infraErrors: 0 } });
    }
  }
}
