import ts from 'typescript';
import { callsWithTypes } from './calls-with-types.ts';

/** What is to stand in one place of a text. */
export interface Rewrite {
  start: number;
  end: number;
  text: string;
}

/** A change of one source file. */
export interface SourceChange {
  operator: string;
  file: string;
  /** From 1. */
  line: number;
  original: string;
  mutated: string;
  /** The whole text of the file with the change in it. */
  apply(): string;
}

export interface Typed {
  file: string;
  source: ts.SourceFile;
  checker: ts.TypeChecker;
}

/** One way to change a node; it is asked of every node and answers for few. */
export interface Operator {
  name: string;
  rewrites(node: ts.Node, typed: Typed): Rewrite[];
}

/**
 * All that the operators propose below the nodes that `enter` lets through and that still is a program, in the order of the
 * text; no two alike.
 */
export function collectChanges(
  typed: Typed,
  operators: readonly Operator[],
  enter: (node: ts.Node) => boolean = () => true,
): SourceChange[] {
  const changes = new Map<string, SourceChange>();
  const visit = (node: ts.Node): void => {
    if (isWithoutBehaviour(node) || !enter(node)) return;
    for (const { name, rewrites } of operators) {
      for (const rewrite of rewrites(node, typed)) {
        const key = `${rewrite.start} ${rewrite.end} ${rewrite.text}`;
        if (!changes.has(key)) changes.set(key, describe(name, typed, rewrite));
      }
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(typed.source, visit);
  const all = [...changes.values()];
  if (!all.some(looksLikeTypes)) return all;
  const before = callsWithTypes(typed.source.text);
  return all.filter((change) => !looksLikeTypes(change) || callsWithTypes(change.apply()) === before);
}

/** Whether its line may be read as a call with type arguments, which it may not be, or as no program at all. */
function looksLikeTypes(change: SourceChange): boolean {
  const line = change.apply().split('\n', change.line).at(-1) ?? '';
  return /<.*>\s*[(`]/.test(line + change.mutated);
}

function describe(operator: string, { file, source }: Typed, { start, end, text }: Rewrite): SourceChange {
  return {
    operator,
    file,
    line: source.getLineAndCharacterOfPosition(start).line + 1,
    original: source.text.slice(start, end),
    mutated: text,
    apply: () => source.text.slice(0, start) + text + source.text.slice(end),
  };
}

/** Types are gone when the code runs, and imports bind names only. */
function isWithoutBehaviour(node: ts.Node): boolean {
  return (
    ts.isTypeNode(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  );
}

export function replace(node: ts.Node, text: string): Rewrite {
  return { start: node.getStart(), end: node.getEnd(), text };
}

/** The text of a node with some of the nodes inside it replaced. */
export function textWith(node: ts.Node, parts: readonly (readonly [ts.Node, string])[]): string {
  let text = node.getText();
  const start = node.getStart();
  for (const [part, replacement] of parts.toSorted(([a], [b]) => b.getStart() - a.getStart())) {
    text =
      text.slice(0, part.getStart() - start) + replacement + text.slice(part.getEnd() - start, text.length);
  }
  return text;
}

export function isNumber(type: ts.Type): boolean {
  return (type.flags & ts.TypeFlags.NumberLike) !== 0;
}

export function isBoolean(type: ts.Type): boolean {
  const parts = type.isUnion() ? type.types : [type];
  return parts.every(({ flags }) => (flags & ts.TypeFlags.BooleanLike) !== 0);
}
