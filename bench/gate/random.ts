import { type Random, seededRandom } from '../../loops/gate/statistics/seeded-random.ts';

/** A generator of its own for replicate `index` of an experiment: what runs beside or before it changes nothing. */
export function replicateRandom(seed: number, experiment: string, index: number): Random {
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${experiment}/${index}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  return seededRandom(hash);
}

/** Standard normal, by Box and Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Passes of `trials` trials. */
export function passesOf(random: Random, passRate: number, trials: number): number {
  let passes = 0;
  for (let trial = 0; trial < trials; trial++) if (random() < passRate) passes++;
  return passes;
}
