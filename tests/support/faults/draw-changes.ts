import type { SourceChange } from '../../../loops/admit/code/mutants/source-change.ts';
import {
  type Sources,
  type TypedSources,
  typeSources,
} from '../../../loops/admit/code/mutants/typed-sources.ts';
import type { Random } from '../../../loops/gate/statistics/seeded-random.ts';
import { Draw } from '../../generated-target/draw.ts';

/**
 * Draws an operator, then one of its changes, again and again. What adds an error of types to its own file is left out;
 * the files that import it are not asked, as no change touches a declared type.
 */
export function drawChanges(
  changes: readonly SourceChange[],
  sources: Sources,
  typed: TypedSources,
  random: Random,
  count: number,
): SourceChange[] {
  const draw = new Draw(random);
  const left = new Set(changes);
  const drawn: SourceChange[] = [];
  while (left.size > 0 && drawn.length < count) {
    const operator = draw.pick([...new Set([...left].map((change) => change.operator))]);
    const change = draw.pick([...left].filter((one) => one.operator === operator));
    left.delete(change);
    const changed = typeSources(new Map(sources).set(change.file, change.apply()), typed);
    if (changed.errors(change.file).length <= typed.errors(change.file).length) drawn.push(change);
  }
  return drawn;
}
