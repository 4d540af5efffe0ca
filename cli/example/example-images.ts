import { ensureBaseImages } from '../../loops/target/images.ts';
import { loadTarget } from '../../loops/target/load-target.ts';
import type { Engine } from '../../sandboxes/engine/engine.ts';
import { temporaryFolder } from '../../sandboxes/images/temporary-folder.ts';
import { prepareExample } from './prepare-example.ts';

/** Makes, or finds, the images that every loop on the example stands on: its data, its base and the shuffled copy. */
export async function exampleImages(
  engine: Engine,
  options: { progress: (line: string) => void; signal: AbortSignal },
): Promise<{ name: string; image: string }[]> {
  await using folder = await temporaryFolder();
  const target = await loadTarget(await prepareExample(folder.path));
  const { data, base, shuffled } = await ensureBaseImages(engine, target, options);
  return [
    { name: `${target.name}-data`, image: data },
    { name: `${target.name}-base`, image: base },
    { name: `${target.name}-shuffled`, image: shuffled },
  ];
}
