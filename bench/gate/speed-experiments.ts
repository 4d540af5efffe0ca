import { GatePolicy } from '../../loops/gate/policy.ts';
import { type Experiment, type Figure, type Finding, finding, mean, share } from './experiment.ts';
import { type Machine, measureSpeed, timeInBlocks } from './noisy-machine.ts';

const policy = GatePolicy.parse({});
const NOT_FASTER = 'False accepts of a speed-up, A = B, looked at every five pairs';
const FASTER = 'Detection of a true 1.10× speed-up';

const machines: { name: string; machine: Machine; isFastEnough: boolean }[] = [
  {
    name: 'quiet: samples 3 %, containers 1 %, bursts of up to 2× on 5 %',
    machine: { sampleSd: 0.03, containerSd: 0.01, burstShare: 0.05, burstFactor: 2 },
    isFastEnough: true,
  },
  {
    name: 'noisy: samples 7 %, containers 2 %, bursts of up to 2.5× on 10 %',
    machine: { sampleSd: 0.07, containerSd: 0.02, burstShare: 0.1, burstFactor: 2.5 },
    isFastEnough: false,
  },
];
/** Beyond what the rule was made for: the control runs on one arm, so that it cannot see what containers keep. */
const biased = [0.03, 0.05].map((containerSd) => ({
  name: `samples 3 %, containers ${containerSd * 100} %, bursts of up to 2× on 5 %`,
  machine: { sampleSd: 0.03, containerSd, burstShare: 0.05, burstFactor: 2 },
}));

export const speedExperiments: Experiment[] = [
  ...machines.map(({ name, machine }) =>
    nullSpeed(name, machine, (accepted, undecided) => [
      finding(NOT_FASTER, name, [accepted], { most: 0.02 }),
      finding('A = B: inconclusive, to be tried again', name, [undecided]),
    ]),
  ),
  ...machines.map(
    ({ name, machine, isFastEnough }): Experiment => ({
      name: `speed: 1.10×, ${name}`,
      effort: 0.25,
      run: (random) => {
        const { decision, pairs } = measureSpeed(random, machine, 1.1, policy.speed, policy.maxSessions);
        const isFaster = decision === 'faster';
        return { early: isFaster && pairs <= 20 ? 1 : 0, faster: isFaster ? 1 : 0, pairs };
      },
      findings: (counts, replicates) => [
        finding(
          FASTER,
          `in at most 20 pairs, ${name}`,
          [share(counts['early'], replicates)],
          isFastEnough ? { least: 0.95 } : null,
        ),
        finding(FASTER, `in at most 40 pairs, ${name}`, [
          share(counts['faster'], replicates),
          mean(counts['pairs'], replicates, 'mean pairs'),
        ]),
      ],
    }),
  ),
  ...biased.map(({ name, machine }) =>
    nullSpeed(name, machine, (accepted) => [
      finding('A = B with more than the control can see (no bar)', name, [accepted]),
    ]),
  ),
  ...machines.map(
    ({ name, machine }): Experiment => ({
      name: `speed: blocks, ${name}`,
      effort: 0.25,
      run: (random) => ({
        off:
          Math.abs(Math.log(timeInBlocks(random, machine, policy.speed.minPairs))) > Math.log(1.05) ? 1 : 0,
      }),
      findings: (counts, replicates) => [
        finding('A = B: medians of blocks off by more than 5 % (measured on real machines: 17–48 %)', name, [
          share(counts['off'], replicates),
        ]),
      ],
    }),
  ),
];

function nullSpeed(
  name: string,
  machine: Machine,
  findings: (accepted: Figure, undecided: Figure) => Finding[],
): Experiment {
  return {
    name: `speed: A = B, ${name}`,
    effort: 0.25,
    run: (random) => {
      const { decision } = measureSpeed(random, machine, 1, policy.speed, policy.maxSessions);
      return {
        faster: decision === 'faster' ? 1 : 0,
        undecided: decision === 'faster' || decision === 'not_faster' ? 0 : 1,
      };
    },
    findings: ({ faster, undecided }, replicates) =>
      findings(share(faster, replicates), share(undecided, replicates)),
  };
}
