import { faultsIn } from '../../../loops/admit/code/mutants/seed-faults.ts';
import type { SourceChange } from '../../../loops/admit/code/mutants/source-change.ts';
import { readSources, typeSources } from '../../../loops/admit/code/mutants/typed-sources.ts';
import type { Random } from '../../../loops/gate/statistics/seeded-random.ts';
import { drawChanges } from './draw-changes.ts';

/**
 * Draws different faults of the sources of a folder: first a kind, so that frequent kinds are not all that is drawn, then a
 * place. None adds an error of types: whoever made the slip would have been told of it.
 */
export async function drawFaults(folder: string, random: Random, count: number): Promise<SourceChange[]> {
  const sources = await readSources(folder);
  const typed = typeSources(sources);
  const faults = [...sources.keys()].flatMap((file) => faultsIn(file, typed));
  return drawChanges(faults, sources, typed, random, count);
}

export async function drawFault(folder: string, random: Random): Promise<SourceChange> {
  const [fault] = await drawFaults(folder, random, 1);
  if (!fault) throw new Error(`${folder} has no source in which a fault could be seeded`);
  return fault;
}
