import type { OutputNames } from './output-columns.ts';
import type { Placeholder } from './placeholder.ts';
import type { Names, Scope } from './scope.ts';
import type { Tree, Value } from './tree.ts';

/** What the passes over one statement share. */
export interface Canonicalizer {
  names: Names;
  found: Placeholder[];
  /** Whether lists of constants keep their length: then two statements align only where their lists do. */
  keepLists: boolean;
  /** Rewrites a value in place; `scopes` from the innermost out. The value itself may be replaced: use the result. */
  visit(value: Value, scopes: readonly Scope[]): Value;
  /** Rewrites a SELECT in place. */
  select(select: Tree, outer: readonly Scope[], output: OutputNames): void;
}
