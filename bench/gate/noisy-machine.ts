import type { SpeedPolicy } from '../../loops/gate/policy.ts';
import { judgeSpeed, type Pair, type SpeedResult, type SpeedSession } from '../../loops/gate/speed.ts';
import { median } from '../../loops/gate/statistics/median.ts';
import type { Random } from '../../loops/gate/statistics/seeded-random.ts';
import { normal } from './random.ts';

/** How times scatter; standard deviations are of their logarithms. */
export interface Machine {
  sampleSd: number;
  /** Of what a fresh container keeps for its session. The A/A control runs on one arm and cannot see it. */
  containerSd: number;
  /** Share of samples in a burst of other work, which goes on over about four samples. */
  burstShare: number;
  /** The most that a burst slows a sample down; a burst's own factor is anything from 1 to this. */
  burstFactor: number;
}

const PAIRS_PER_SESSION = 5;
const SAMPLES_PER_BURST = 4;

/** Sessions until the speed rule decides, as the gate asks for them: five pairs and five of the control each. */
export function measureSpeed(
  random: Random,
  machine: Machine,
  ratio: number,
  policy: SpeedPolicy,
  maxSessions: number,
): SpeedResult {
  const sessions: SpeedSession[] = [];
  for (;;) {
    sessions.push(runSession(random, machine, ratio));
    const result = judgeSpeed(sessions, policy);
    if (result.decision !== 'more' || sessions.length >= maxSessions) return result;
  }
}

/**
 * What naive timing makes of A = B: all samples of one container, then all of another, as base ÷ candidate of their
 * medians. On a real two-core machine these were off by more than 5 % in 17 to 48 of a hundred.
 */
export function timeInBlocks(random: Random, machine: Machine, samples: number): number {
  const sample = sampler(random, machine);
  const block = () => {
    const ms = 100 * Math.exp(machine.containerSd * normal(random));
    return median(Array.from({ length: samples }, () => sample(ms).ms));
  };
  return block() / block();
}

function runSession(random: Random, machine: Machine, ratio: number): SpeedSession {
  const base = 100 * ratio * Math.exp(machine.containerSd * normal(random));
  const candidate = 100 * Math.exp(machine.containerSd * normal(random));
  const sample = sampler(random, machine);
  const pairs = Array.from({ length: PAIRS_PER_SESSION }, (_, i): Pair => {
    if (i % 2 === 0) return { base: sample(base), candidate: sample(candidate) };
    const first = sample(candidate);
    return { base: sample(base), candidate: first };
  });
  const control = Array.from({ length: PAIRS_PER_SESSION }, (): Pair => {
    return { base: sample(base), candidate: sample(base) };
  });
  return { pairs, control, floorMs: 1 };
}

/** Samples in the order of time, so that a burst meets neighbours. */
function sampler(random: Random, { sampleSd, burstShare, burstFactor }: Machine) {
  const starts = burstShare / ((1 - burstShare) * SAMPLES_PER_BURST);
  let factor = random() < burstShare ? 1 + (burstFactor - 1) * random() : 1;
  return (ms: number) => {
    if (factor > 1 && random() < 1 / SAMPLES_PER_BURST) factor = 1;
    else if (factor === 1 && random() < starts) factor = 1 + (burstFactor - 1) * random();
    return { ms: ms * factor * Math.exp(sampleSd * normal(random)), cut: false };
  };
}
