import ts from 'typescript';
import type { AddedLines } from './oracle.ts';

interface Declaration {
  /** Empty where it has none. */
  name: string;
  /** Without `export`. */
  text: string;
  /** Lines, from 1. */
  first: number;
  last: number;
}

/** The smallest declarations with a name of their own that some lines are in. */
export function declarationsAt(text: string, lines: AddedLines): Declaration[] {
  const source = ts.createSourceFile('code.ts', text, ts.ScriptTarget.Latest, true);
  const found = new Set<ts.Node>();
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ts.Node): void => {
    if (isDeclaration(node) && !hasDeclaration(node)) {
      const [first, last] = [lineOf(node.getStart()), lineOf(node.end)];
      if ([...lines.keys()].some((line) => line >= first && line <= last)) found.add(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found].map((node) => {
    const text = node.getText().replace(/^export (?:default )?/, '');
    return { name: nameOf(node), text, first: lineOf(node.getStart()), last: lineOf(node.end) };
  });
}

const isDeclaration = (node: ts.Node): boolean =>
  ts.isFunctionDeclaration(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isAccessor(node) ||
  (ts.isVariableStatement(node) && ts.isSourceFile(node.parent));

/** Empty where it has none, or takes several apart. */
function nameOf(node: ts.Node): string {
  const named = ts.isVariableStatement(node)
    ? node.declarationList.declarations[0]
    : (node as ts.NamedDeclaration);
  return named?.name && ts.isIdentifier(named.name) ? named.name.text : '';
}

const hasDeclaration = (node: ts.Node): boolean =>
  ts.forEachChild(node, (child) => (isDeclaration(child) || hasDeclaration(child) ? true : undefined)) ??
  false;
