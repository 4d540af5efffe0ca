import ts from 'typescript';
import {
  type Operator,
  replace,
  type Typed,
  textWith,
} from '../../../loops/admit/code/mutants/source-change.ts';

/** A parameter or variable of a function, under another name wherever it is meant. */
export const renamedLocal: Operator = {
  name: 'renamed local',
  rewrites: (node, typed) => {
    if (!ts.isIdentifier(node) || !isLocalName(node)) return [];
    const scope = scopeOf(node);
    const symbol = typed.checker.getSymbolAtLocation(node);
    if (!scope || symbol?.declarations?.length !== 1) return [];
    const name = newName(node.text, typed);
    const uses = identifiersIn(scope).filter(
      (one) => one.text === node.text && symbolOf(one, typed) === symbol,
    );
    return [
      replace(
        scope,
        textWith(
          scope,
          uses.map((use) => [use, isShorthand(use) ? `${use.text}: ${name}` : name] as const),
        ),
      ),
    ];
  },
};

/** What a function is called by itself would be another name. */
function isLocalName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isBindingElement(parent)) return parent.name === node;
  if (ts.isParameter(parent)) return parent.name === node && node.text !== 'this';
  if (!ts.isVariableDeclaration(parent) || parent.name !== node) return false;
  const { initializer } = parent;
  return !(initializer && (ts.isFunctionLike(initializer) || ts.isClassExpression(initializer)));
}

/** The function around it; undefined at the top of a file, where others may know the name. */
function scopeOf(node: ts.Identifier): ts.Node | undefined {
  const scope = ts.findAncestor(node, ts.isFunctionLike);
  return scope && 'body' in scope && scope.body ? scope : undefined;
}

function identifiersIn(scope: ts.Node): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(scope);
  return found;
}

function symbolOf(node: ts.Identifier, { checker }: Typed): ts.Symbol | undefined {
  if (ts.isShorthandPropertyAssignment(node.parent))
    return checker.getShorthandAssignmentValueSymbol(node.parent);
  return checker.getSymbolAtLocation(node);
}

/** `{ a }`, where the name also is that of a property, which it must stay. */
function isShorthand(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return parent.name === node;
  return (
    ts.isBindingElement(parent) &&
    parent.name === node &&
    parent.propertyName === undefined &&
    parent.dotDotDotToken === undefined &&
    ts.isObjectBindingPattern(parent.parent)
  );
}

function newName(name: string, { source }: Typed): string {
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  const names = [`the${capital}`, `own${capital}`, `${name}Here`, `${name}Renamed`];
  const free = names.find((one) => !new RegExp(`\\b${one}\\b`).test(source.text));
  if (free === undefined) throw new Error(`no other name for ${name} is free in ${source.fileName}`);
  return free;
}
