import ts from 'typescript';
import { isBoolean, type Operator, replace, textWith } from './source-change.ts';

const BOUNDARIES: Record<string, string> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };
const EQUALITIES: Record<string, string> = { '===': '!==', '!==': '===' };
const CONNECTIVES: Record<string, string> = { '&&': '||', '||': '&&' };

const boundary = otherSign('boundary', BOUNDARIES, () => true);

const equality = otherSign('negated equality', EQUALITIES, () => true);

/** Where they connect booleans: `||` also stands for a default, as `&&` does for a guard. */
const connective = otherSign(
  'and for or',
  CONNECTIVES,
  ({ left, right }, checker) =>
    isBoolean(checker.getTypeAtLocation(left)) && isBoolean(checker.getTypeAtLocation(right)),
);

/** Equalities and negations have operators of their own, and a negated loop might not end. */
const negatedCondition: Operator = {
  name: 'negated condition',
  rewrites: (node, { checker }) => {
    const condition = conditionOf(node, checker);
    if (!condition || isEquality(condition)) return [];
    if (ts.isPrefixUnaryExpression(condition) && condition.operator === ts.SyntaxKind.ExclamationToken) {
      return [replace(condition, condition.operand.getText())];
    }
    return [replace(condition, `!(${condition.getText()})`)];
  },
};

const booleanLiteral: Operator = {
  name: 'other boolean',
  rewrites: (node) => {
    if (node.kind === ts.SyntaxKind.TrueKeyword) return [replace(node, 'false')];
    if (node.kind === ts.SyntaxKind.FalseKeyword) return [replace(node, 'true')];
    return [];
  },
};

export const conditionFaults: readonly Operator[] = [
  boundary,
  equality,
  connective,
  negatedCondition,
  booleanLiteral,
];

function otherSign(
  name: string,
  signs: Record<string, string>,
  suits: (node: ts.BinaryExpression, checker: ts.TypeChecker) => boolean,
): Operator {
  return {
    name,
    rewrites: (node, { checker }) => {
      if (!ts.isBinaryExpression(node)) return [];
      const sign = signs[node.operatorToken.getText()];
      if (sign === undefined || !suits(node, checker)) return [];
      return [replace(node, textWith(node, [[node.operatorToken, sign]]))];
    },
  };
}

function conditionOf(node: ts.Node, checker: ts.TypeChecker): ts.Expression | undefined {
  if (ts.isIfStatement(node)) return node.expression;
  if (ts.isConditionalExpression(node)) return node.condition;
  const answer = ts.isReturnStatement(node)
    ? node.expression
    : ts.isArrowFunction(node)
      ? node.body
      : undefined;
  if (!answer || ts.isBlock(answer) || answer.kind === ts.SyntaxKind.TrueKeyword) return undefined;
  if (answer.kind === ts.SyntaxKind.FalseKeyword) return undefined;
  return isBoolean(checker.getTypeAtLocation(answer)) ? answer : undefined;
}

function isEquality(node: ts.Node): boolean {
  return ts.isBinaryExpression(node) && EQUALITIES[node.operatorToken.getText()] !== undefined;
}
