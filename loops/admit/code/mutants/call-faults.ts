import ts from 'typescript';
import { type Operator, type Rewrite, replace, textWith } from './source-change.ts';

/** Methods that are taken for one another. */
const KINDRED: Record<string, string> = {
  floor: 'ceil',
  ceil: 'floor',
  round: 'floor',
  trunc: 'ceil',
  min: 'max',
  max: 'min',
  some: 'every',
  every: 'some',
  find: 'findLast',
  findLast: 'find',
  findIndex: 'findLastIndex',
  findLastIndex: 'findIndex',
  indexOf: 'lastIndexOf',
  lastIndexOf: 'indexOf',
  padStart: 'padEnd',
  padEnd: 'padStart',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  push: 'unshift',
};

const kindredMethod: Operator = {
  name: 'kindred method',
  rewrites: (node, { checker }) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
    const { name } = node.expression;
    const other = KINDRED[name.text];
    return other !== undefined && isOfLanguage(checker.getSymbolAtLocation(name))
      ? [replace(name, other)]
      : [];
  },
};

/** Neighbours only, each of which could stand in the other's place. */
const swappedArguments: Operator = {
  name: 'swapped arguments',
  rewrites: (node, { checker }) => {
    if (!ts.isCallExpression(node) || /^Math\.(min|max)$/.test(node.expression.getText())) return [];
    const rewrites: Rewrite[] = [];
    for (const [index, right] of node.arguments.entries()) {
      const left = node.arguments[index - 1];
      if (!left || left.getText() === right.getText() || !areInterchangeable(left, right, checker)) continue;
      rewrites.push(
        replace(
          node,
          textWith(node, [
            [left, right.getText()],
            [right, left.getText()],
          ]),
        ),
      );
    }
    return rewrites;
  },
};

const sortOrder: Operator = {
  name: 'sort order',
  rewrites: (node) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
    const [comparator, ...others] = node.arguments;
    if (!/^(sort|toSorted)$/.test(node.expression.name.text) || !comparator || others.length > 0) return [];
    if (ts.isIdentifier(comparator)) {
      return [replace(comparator, `(a, b) => ${comparator.text}(b, a)`)];
    }
    if (!ts.isArrowFunction(comparator)) return [];
    const [a, b] = comparator.parameters;
    if (!a || !b) return [];
    return [
      replace(
        comparator,
        textWith(comparator, [
          [a.name, b.name.getText()],
          [b.name, a.name.getText()],
        ]),
      ),
    ];
  },
};

/** A word in the place of another that is as good for the compiler. */
const otherWord: Operator = {
  name: 'other word',
  rewrites: (node, { checker }) => {
    if (!ts.isStringLiteral(node) || !isChoice(node)) return [];
    const wanted = checker.getContextualType(node);
    if (!wanted?.isUnion()) return [];
    const words = wanted.types.filter((type) => type.isStringLiteral()).map((type) => type.value);
    return words.filter((word) => word !== node.text).map((word) => replace(node, `'${word}'`));
  },
};

const otherField: Operator = {
  name: 'other field',
  rewrites: (node, { checker }) => {
    if (!ts.isPropertyAccessExpression(node) || isWritten(node)) return [];
    const owner = checker.getTypeAtLocation(node.expression);
    const field = owner.getProperty(node.name.text);
    if (!field || isOfLanguage(field) || owner.isUnion()) return [];
    const type = checker.getTypeOfSymbol(field);
    return owner
      .getProperties()
      .filter((other) => other !== field && checker.getTypeOfSymbol(other) === type)
      .map((other) => replace(node.name, other.name));
  },
};

const droppedElement: Operator = {
  name: 'dropped element',
  rewrites: (node) => {
    if (!ts.isArrayLiteralExpression(node) || node.elements.length < 2) return [];
    const texts = node.elements.map((element) => element.getText());
    return texts.map((_, dropped) =>
      replace(node, `[${texts.filter((_, index) => index !== dropped).join(', ')}]`),
    );
  },
};

export const callFaults: readonly Operator[] = [
  kindredMethod,
  swappedArguments,
  sortOrder,
  otherWord,
  otherField,
  droppedElement,
];

function areInterchangeable(left: ts.Expression, right: ts.Expression, checker: ts.TypeChecker): boolean {
  if (ts.isSpreadElement(left) || ts.isSpreadElement(right)) return false;
  const [wantedLeft, wantedRight] = [checker.getContextualType(left), checker.getContextualType(right)];
  if (!wantedLeft || !wantedRight) return false;
  const suits = (given: ts.Expression, wanted: ts.Type) =>
    (wanted.flags & ts.TypeFlags.Any) === 0 &&
    checker.isTypeAssignableTo(checker.getTypeAtLocation(given), wanted);
  return suits(left, wantedRight) && suits(right, wantedLeft);
}

/** Where a word is chosen; in a comparison or as the kind of an object it belongs to what surrounds it. */
function isChoice({ parent }: ts.StringLiteral): boolean {
  return (
    ts.isCallExpression(parent) ||
    ts.isReturnStatement(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent)
  );
}

function isWritten(node: ts.PropertyAccessExpression): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent) && parent.left === node) {
    return (
      parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    );
  }
  return ts.isPostfixUnaryExpression(parent) || ts.isPrefixUnaryExpression(parent);
}

function isOfLanguage(symbol: ts.Symbol | undefined): boolean {
  return symbol?.declarations?.some((declaration) => declaration.getSourceFile().isDeclarationFile) ?? false;
}
