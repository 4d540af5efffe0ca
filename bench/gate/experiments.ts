import { campaignExperiments } from './campaign-experiments.ts';
import type { Counts, Experiment } from './experiment.ts';
import { guardExperiments } from './guard-experiments.ts';
import { nullExperiments } from './null-experiments.ts';
import { powerExperiments } from './power-experiments.ts';
import { replicateRandom } from './random.ts';
import { speedExperiments } from './speed-experiments.ts';

export const experiments: readonly Experiment[] = [
  ...nullExperiments,
  ...campaignExperiments,
  ...powerExperiments,
  ...speedExperiments,
  ...guardExperiments,
];

/** Replicates `from` to below `to` of one experiment: what a worker does at a time. */
export interface Job {
  experiment: string;
  seed: number;
  from: number;
  to: number;
}

/** Sums over the job's replicates. Each replicate has a generator of its own, whoever runs it. */
export function runJob({ experiment: name, seed, from, to }: Job): Counts {
  const experiment = experiments.find((one) => one.name === name);
  if (experiment === undefined) throw new RangeError(`no experiment ${name}`);
  const sums: Counts = {};
  for (let index = from; index < to; index++) {
    for (const [key, count] of Object.entries(experiment.run(replicateRandom(seed, name, index)))) {
      sums[key] = (sums[key] ?? 0) + count;
    }
  }
  return sums;
}
