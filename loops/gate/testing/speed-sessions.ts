import type { Pair, SpeedSession } from '../speed.ts';
import { seededRandom } from '../statistics/seeded-random.ts';

/** Normal noise of standard deviation `sd` on the logarithm of every sample. */
export function sampler(seed: number, sd: number) {
  const random = seededRandom(seed);
  const noise = () => sd * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const sample = (ms: number) => ({ ms: ms * Math.exp(noise()), cut: false });
  const pair = (baseMs: number, candidateMs: number): Pair => ({
    base: sample(baseMs),
    candidate: sample(candidateMs),
  });
  return (ratio: number): SpeedSession => ({
    pairs: Array.from({ length: 5 }, () => pair(100 * ratio, 100)),
    control: Array.from({ length: 5 }, () => pair(100, 100)),
    floorMs: 1,
  });
}
