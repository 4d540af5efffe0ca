import { GatePolicy } from '../../loops/gate/policy.ts';
import { type Experiment, finding, mean, share } from './experiment.ts';
import { type Machine, measureSpeed } from './noisy-machine.ts';

const policy = GatePolicy.parse({});
const NOT_FASTER = 'False accepts of a speed-up, A = B, looked at every five pairs';
const FASTER = 'Detection of a true 1.10× speed-up';

const machines: { name: string; machine: Machine; isBar: boolean }[] = [
  {
    name: 'samples 3 %, containers 1 %, bursts of up to 2× on 5 %',
    machine: { sampleSd: 0.03, containerSd: 0.01, burstShare: 0.05, burstFactor: 2 },
    isBar: true,
  },
  {
    name: 'samples 7 %, containers 2 %, bursts of up to 2.5× on 10 %',
    machine: { sampleSd: 0.07, containerSd: 0.02, burstShare: 0.1, burstFactor: 2.5 },
    isBar: false,
  },
];

export const speedExperiments: Experiment[] = machines.flatMap(({ name, machine, isBar }): Experiment[] => [
  {
    name: `speed: A = B, ${name}`,
    effort: 0.5,
    run: (random) => {
      const { decision } = measureSpeed(random, machine, 1, policy.speed, policy.maxSessions);
      return {
        faster: decision === 'faster' ? 1 : 0,
        undecided: decision === 'faster' || decision === 'not_faster' ? 0 : 1,
      };
    },
    findings: (counts, replicates) => [
      finding(NOT_FASTER, name, [share(counts['faster'], replicates)], { most: 0.02 }),
      finding('A = B: inconclusive, to be tried again', name, [share(counts['undecided'], replicates)]),
    ],
  },
  {
    name: `speed: 1.10×, ${name}`,
    effort: 0.5,
    run: (random) => {
      const { decision, pairs } = measureSpeed(random, machine, 1.1, policy.speed, policy.maxSessions);
      const isFaster = decision === 'faster';
      return { early: isFaster && pairs <= 20 ? 1 : 0, faster: isFaster ? 1 : 0, pairs };
    },
    findings: (counts, replicates) => [
      finding(
        FASTER,
        `in at most 20 pairs: ${name}`,
        [share(counts['early'], replicates)],
        isBar ? { least: 0.95 } : null,
      ),
      finding(FASTER, `in at most 40 pairs: ${name}`, [
        share(counts['faster'], replicates),
        mean(counts['pairs'], replicates, 'mean pairs'),
      ]),
    ],
  },
]);
