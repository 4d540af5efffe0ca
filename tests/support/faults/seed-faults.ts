import ts from 'typescript';
import type { Random } from '../../../loops/gate/statistics/seeded-random.ts';
import { callFaults } from './call-faults.ts';
import { conditionFaults } from './condition-faults.ts';
import { drawChanges } from './draw-changes.ts';
import { numberFaults } from './number-faults.ts';
import { collectChanges, type SourceChange } from './source-change.ts';
import { statementFaults } from './statement-faults.ts';
import { readSources, type Sources, type TypedSources, typeSources } from './typed-sources.ts';

const OPERATORS = [...conditionFaults, ...numberFaults, ...callFaults, ...statementFaults];

/**
 * All the faults that one slip each would bring into a file. They parse; nearly all of them type-check. What a file
 * imports has types where `others` holds it, and where it has none fewer faults are found.
 */
export function seedFaults(
  sourceText: string,
  fileName: string,
  others: Sources = new Map(),
): SourceChange[] {
  return faultsIn(fileName, typeSources(new Map(others).set(fileName, sourceText)));
}

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

function faultsIn(file: string, typed: TypedSources): SourceChange[] {
  return collectChanges({ file, source: typed.source(file), checker: typed.checker }, OPERATORS, mayBeWrong);
}

/** Not what words an error, and not what makes a loop end. */
function mayBeWrong(node: ts.Node): boolean {
  if (ts.isThrowStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return false;
  const { parent } = node;
  return !ts.isForStatement(parent) || parent.incrementor !== node;
}
