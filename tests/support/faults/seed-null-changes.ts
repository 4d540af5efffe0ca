import { collectChanges, type SourceChange } from '../../../loops/admit/code/mutants/source-change.ts';
import {
  readSources,
  type Sources,
  type TypedSources,
  typeSources,
} from '../../../loops/admit/code/mutants/typed-sources.ts';
import type { Random } from '../../../loops/gate/statistics/seeded-random.ts';
import { drawChanges } from './draw-changes.ts';
import { renamedLocal } from './renamed-local.ts';
import { rewordedExpressions } from './reworded-expressions.ts';
import { rewordedStatements } from './reworded-statements.ts';

const OPERATORS = [...rewordedExpressions, ...rewordedStatements, renamedLocal];

/** All the single changes of a file that change nothing of what it does; nearly all of them type-check. */
export function seedNullChanges(
  sourceText: string,
  fileName: string,
  others: Sources = new Map(),
): SourceChange[] {
  return nullChangesIn(fileName, typeSources(new Map(others).set(fileName, sourceText)));
}

/** Draws different ones for the sources of a folder: first a kind, then a place. None adds an error of types. */
export async function drawNullChanges(
  folder: string,
  random: Random,
  count: number,
): Promise<SourceChange[]> {
  const sources = await readSources(folder);
  const typed = typeSources(sources);
  const changes = [...sources.keys()].flatMap((file) => nullChangesIn(file, typed));
  return drawChanges(changes, sources, typed, random, count);
}

export async function drawNullChange(folder: string, random: Random): Promise<SourceChange> {
  const [change] = await drawNullChanges(folder, random, 1);
  if (!change) throw new Error(`${folder} has no source that could be worded otherwise`);
  return change;
}

function nullChangesIn(file: string, typed: TypedSources): SourceChange[] {
  return collectChanges({ file, source: typed.source(file), checker: typed.checker }, OPERATORS);
}
