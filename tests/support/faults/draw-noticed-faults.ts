import type { SourceChange } from '../../../loops/admit/code/mutants/source-change.ts';
import type { Random } from '../../../loops/gate/statistics/seeded-random.ts';
import { drawFaults } from './draw-faults.ts';
import { copyTarget, runTestsWith } from './run-target-tests.ts';

/**
 * Draws faults that tests notice, at most `most` of them, each in a file of its own and failing tests in test files of its own:
 * what takes one of them back then mends all that its tests fail for.
 */
export async function drawNoticedFaults(
  folder: string,
  random: Random,
  most: number,
): Promise<SourceChange[]> {
  await using copy = await copyTarget(folder);
  const chosen: SourceChange[] = [];
  const taken = new Set<string>();
  for (const fault of await drawFaults(folder, random, 4 * most)) {
    if (chosen.length === most) break;
    if (taken.has(fault.file)) continue;
    const { failed, broken } = await runTestsWith(copy.path, fault);
    const files = failed.map(({ file }) => file);
    if (files.length === 0 || broken.length > 0 || files.some((file) => taken.has(file))) continue;
    chosen.push(fault);
    for (const file of [fault.file, ...files]) taken.add(file);
  }
  return chosen;
}
