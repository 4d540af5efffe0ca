import ts from 'typescript';
import { callFaults } from './call-faults.ts';
import { conditionFaults } from './condition-faults.ts';
import { numberFaults } from './number-faults.ts';
import { collectChanges, type SourceChange } from './source-change.ts';
import { statementFaults } from './statement-faults.ts';
import { type Sources, type TypedSources, typeSources } from './typed-sources.ts';

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

/** The same, of sources that were read before. */
export function faultsIn(file: string, typed: TypedSources): SourceChange[] {
  return collectChanges({ file, source: typed.source(file), checker: typed.checker }, OPERATORS, mayBeWrong);
}

/** Not what words an error, and not what makes a loop end. */
function mayBeWrong(node: ts.Node): boolean {
  if (ts.isThrowStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return false;
  const { parent } = node;
  return !ts.isForStatement(parent) || parent.incrementor !== node;
}
