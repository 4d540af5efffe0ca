import ts from 'typescript';
import { isNumber, type Operator, replace, textWith } from './source-change.ts';

const ARITHMETIC: Record<string, string> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '/',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
};

const arithmetic: Operator = {
  name: 'arithmetic',
  rewrites: (node, { checker }) => {
    if (!ts.isBinaryExpression(node) || !isArithmetic(node, checker)) return [];
    const sign = ARITHMETIC[node.operatorToken.getText()];
    return sign === undefined ? [] : [replace(node, textWith(node, [[node.operatorToken, sign]]))];
  },
};

const swappedOperands: Operator = {
  name: 'swapped operands',
  rewrites: (node, { checker }) => {
    if (!ts.isBinaryExpression(node) || !isArithmetic(node, checker)) return [];
    if (!['-', '/', '%'].includes(node.operatorToken.getText())) return [];
    const { left, right } = node;
    return [
      replace(
        node,
        textWith(node, [
          [left, inParentheses(right)],
          [right, inParentheses(left)],
        ]),
      ),
    ];
  },
};

const lostSign: Operator = {
  name: 'lost sign',
  rewrites: (node) =>
    ts.isPrefixUnaryExpression(node) &&
    node.operator === ts.SyntaxKind.MinusToken &&
    !ts.isNumericLiteral(node.operand)
      ? [replace(node, node.operand.getText())]
      : [],
};

const offByOne: Operator = {
  name: 'off by one',
  rewrites: (node) =>
    ts.isNumericLiteral(node) && roleOf(node) === 'value'
      ? neighbours(node).map((text) => replace(node, text))
      : [],
};

const initialValue: Operator = {
  name: 'initial value',
  rewrites: (node) =>
    ts.isNumericLiteral(node) && roleOf(node) === 'initial'
      ? neighbours(node).map((text) => replace(node, text))
      : [],
};

const defaultNumber: Operator = {
  name: 'default value',
  rewrites: (node) =>
    ts.isNumericLiteral(node) && roleOf(node) === 'default'
      ? neighbours(node).map((text) => replace(node, text))
      : [],
};

export const numberFaults: readonly Operator[] = [
  arithmetic,
  swappedOperands,
  lostSign,
  offByOne,
  initialValue,
  defaultNumber,
];

function isArithmetic({ left, right }: ts.BinaryExpression, checker: ts.TypeChecker): boolean {
  return isNumber(checker.getTypeAtLocation(left)) && isNumber(checker.getTypeAtLocation(right));
}

/** One more, and one less where that is no other sign. */
function neighbours(literal: ts.NumericLiteral): string[] {
  const value = Number(literal.text);
  return value >= 1 ? [String(value + 1), String(value - 1)] : [String(value + 1)];
}

function roleOf(literal: ts.NumericLiteral): 'value' | 'initial' | 'default' | 'name' {
  const { parent } = literal;
  if ((ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) && parent.name === literal)
    return 'name';
  if (ts.isParameter(parent) || ts.isBindingElement(parent)) return 'default';
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
    return 'default';
  if (ts.isVariableDeclaration(parent) && (parent.parent.flags & ts.NodeFlags.Const) === 0) return 'initial';
  if (ts.isCallExpression(parent) && isReduce(parent) && parent.arguments.at(-1) === literal)
    return 'initial';
  return 'value';
}

function isReduce({ expression, arguments: given }: ts.CallExpression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) &&
    /^reduce(Right)?$/.test(expression.name.text) &&
    given.length > 1
  );
}

function inParentheses(node: ts.Expression): string {
  return ts.isBinaryExpression(node) || ts.isConditionalExpression(node)
    ? `(${node.getText()})`
    : node.getText();
}
