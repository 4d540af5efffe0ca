import ts from 'typescript';
import { isNumber, type Operator, replace } from './source-change.ts';

const removedGuard: Operator = {
  name: 'removed guard',
  rewrites: (node) =>
    ts.isIfStatement(node) && !node.elseStatement && isJump(node.thenStatement) && isInBlock(node)
      ? [replace(node, '')]
      : [],
};

/** Hands the smallest inputs back untouched, as an optimisation does that forgets what the rest is for. */
const addedGuard: Operator = {
  name: 'added guard',
  rewrites: (node, { checker }) => {
    if (!ts.isFunctionDeclaration(node) || !node.body) return [];
    const signature = checker.getSignatureFromDeclaration(node);
    const [first] = node.body.statements;
    if (!signature || !first) return [];
    const returned = checker.getReturnTypeOfSignature(signature);
    return node.parameters.flatMap(({ name }) => {
      const type = checker.getTypeAtLocation(name);
      const isSmall = smallInput(name.getText(), type, checker);
      if (!ts.isIdentifier(name) || isSmall === undefined || !checker.isTypeAssignableTo(type, returned))
        return [];
      const start = first.getStart();
      return [{ start, end: start, text: `if (${isSmall}) return ${name.text};\n  ` }];
    });
  },
};

/** The loop ends after its first round. */
const earlyExit: Operator = {
  name: 'early exit',
  rewrites: (node) => {
    if (!ts.isForOfStatement(node) || !ts.isBlock(node.statement)) return [];
    const last = node.statement.statements.at(-1);
    if (!last || isJump(last)) return [];
    return [{ start: last.getEnd(), end: last.getEnd(), text: ' break;' }];
  },
};

const deletedStatement: Operator = {
  name: 'deleted statement',
  rewrites: (node) => {
    if (!ts.isExpressionStatement(node) || !hasEffect(node.expression)) return [];
    return [replace(node, isInBlock(node) ? '' : '{}')];
  },
};

export const statementFaults: readonly Operator[] = [removedGuard, addedGuard, earlyExit, deletedStatement];

function isJump(statement: ts.Statement): boolean {
  if (ts.isBlock(statement)) {
    const [only, ...others] = statement.statements;
    return only !== undefined && others.length === 0 && isJump(only);
  }
  return (
    ts.isReturnStatement(statement) ||
    ts.isThrowStatement(statement) ||
    ts.isContinueStatement(statement) ||
    ts.isBreakStatement(statement)
  );
}

function isInBlock({ parent }: ts.Node): boolean {
  return ts.isBlock(parent) || ts.isCaseOrDefaultClause(parent) || ts.isSourceFile(parent);
}

function smallInput(name: string, type: ts.Type, checker: ts.TypeChecker): string | undefined {
  if (checker.isArrayType(type)) return `${name}.length < 2`;
  if (isNumber(type)) return `${name} < 2`;
  return undefined;
}

function hasEffect(node: ts.Expression): boolean {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
  }
  if (ts.isPostfixUnaryExpression(node) || ts.isPrefixUnaryExpression(node)) return true;
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    /^(push|unshift|add|set|delete|splice)$/.test(node.expression.name.text)
  );
}
