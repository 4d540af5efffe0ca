import ts from 'typescript';
import {
  isNumber,
  type Operator,
  replace,
  type Typed,
  textWith,
} from '../../../loops/admit/code/mutants/source-change.ts';

const TURNED: Record<string, string> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '===': '===',
  '!==': '!==',
};

/** Both sides are plain values, so that nobody can see which is read first. */
const turnedComparison: Operator = {
  name: 'turned comparison',
  rewrites: (node, { checker }) => {
    if (!ts.isBinaryExpression(node)) return [];
    const { left, operatorToken, right } = node;
    const sign = TURNED[operatorToken.getText()];
    if (sign === undefined || !isStill(left, checker) || !isStill(right, checker) || hasComment(node))
      return [];
    const ordered = [left, right].every((side) => isPlain(checker.getTypeAtLocation(side)));
    if (!ordered && sign !== '===' && sign !== '!==') return [];
    return [
      replace(
        node,
        textWith(node, [
          [left, right.getText()],
          [operatorToken, sign],
          [right, left.getText()],
        ]),
      ),
    ];
  },
};

/** Of two floating-point numbers, sum and product are the same either way; of three they may not be. */
const commutedOperands: Operator = {
  name: 'commuted operands',
  rewrites: (node, { checker }) => {
    if (!ts.isBinaryExpression(node) || !['+', '*'].includes(node.operatorToken.getText())) return [];
    const { left, right } = node;
    if (![left, right].every((side) => isStill(side, checker) && isNumber(checker.getTypeAtLocation(side))))
      return [];
    if (hasComment(node)) return [];
    const moved = ts.isBinaryExpression(left) ? `(${left.getText()})` : left.getText();
    return [
      replace(
        node,
        textWith(node, [
          [left, right.getText()],
          [right, moved],
        ]),
      ),
    ];
  },
};

const conditionalExpression: Operator = {
  name: 'conditional expression',
  rewrites: (node) => {
    if (!ts.isIfStatement(node) || node.elseStatement) return [];
    const next = following(node);
    const [yes, no] = [returned(node.thenStatement), next && returned(next)];
    if (!yes || !no || !next || hasComment(node) || hasComment(next)) return [];
    const text = `return ${operand(node.expression)} ? ${operand(yes)} : ${operand(no)};`;
    return [{ start: node.getStart(), end: next.getEnd(), text }];
  },
};

const returnsForConditional: Operator = {
  name: 'two returns',
  rewrites: (node, typed) => {
    if (!ts.isReturnStatement(node) || !ts.isBlock(node.parent) || hasComment(node)) return [];
    const { expression } = node;
    if (!expression || !ts.isConditionalExpression(expression)) return [];
    const { condition, whenTrue, whenFalse } = expression;
    const indent = indentOf(node, typed);
    const text = [
      `if (${condition.getText()}) {`,
      `  return ${whenTrue.getText()};`,
      '}',
      `return ${whenFalse.getText()};`,
    ].join(`\n${indent}`);
    return [replace(node, text)];
  },
};

const invertedBranches: Operator = {
  name: 'inverted branches',
  rewrites: (node) => {
    if (!ts.isIfStatement(node) || !node.elseStatement) return [];
    const { expression, thenStatement, elseStatement } = node;
    // Without blocks an else would find another if.
    if (!ts.isBlock(thenStatement) || !ts.isBlock(elseStatement)) return [];
    return [
      replace(
        node,
        textWith(node, [
          [expression, `!(${expression.getText()})`],
          [thenStatement, elseStatement.getText()],
          [elseStatement, thenStatement.getText()],
        ]),
      ),
    ];
  },
};

export const rewordedExpressions: readonly Operator[] = [
  turnedComparison,
  commutedOperands,
  conditionalExpression,
  returnsForConditional,
  invertedBranches,
];

/** Reading it changes nothing: no call, no assignment, no accessor. */
function isStill(node: ts.Expression, checker: ts.TypeChecker): boolean {
  if (ts.isParenthesizedExpression(node)) return isStill(node.expression, checker);
  if (ts.isPropertyAccessExpression(node)) {
    const flags = checker.getSymbolAtLocation(node.name)?.flags ?? ts.SymbolFlags.Accessor;
    return (flags & ts.SymbolFlags.Accessor) === 0 && isStill(node.expression, checker);
  }
  if (ts.isPrefixUnaryExpression(node))
    return node.operator === ts.SyntaxKind.MinusToken && isStill(node.operand, checker);
  if (ts.isBinaryExpression(node)) {
    return (
      /^[-+*/%]$/.test(node.operatorToken.getText()) &&
      isStill(node.left, checker) &&
      isStill(node.right, checker)
    );
  }
  return (
    ts.isIdentifier(node) ||
    ts.isNumericLiteral(node) ||
    ts.isStringLiteral(node) ||
    node.kind === ts.SyntaxKind.NullKeyword
  );
}

/** Without a `valueOf` that could be asked. */
function isPlain(type: ts.Type): boolean {
  const parts = type.isUnion() ? type.types : [type];
  return parts.every(({ flags }) => (flags & (ts.TypeFlags.NumberLike | ts.TypeFlags.StringLike)) !== 0);
}

function following(statement: ts.Statement): ts.Statement | undefined {
  const { parent } = statement;
  return ts.isBlock(parent) ? parent.statements[parent.statements.indexOf(statement) + 1] : undefined;
}

function returned(statement: ts.Statement): ts.Expression | undefined {
  if (ts.isReturnStatement(statement)) return statement.expression;
  if (!ts.isBlock(statement) || statement.statements.length !== 1) return undefined;
  const [only] = statement.statements;
  return only && ts.isReturnStatement(only) ? only.expression : undefined;
}

/** As a part of a conditional expression. */
function operand(node: ts.Expression): string {
  const bindsTighter =
    ts.isIdentifier(node) ||
    ts.isLiteralExpression(node) ||
    ts.isCallExpression(node) ||
    ts.isPropertyAccessExpression(node) ||
    (ts.isBinaryExpression(node) &&
      /^([<>]=?|[!=]==|[-+*/%]|&&|\|\||\?\?)$/.test(node.operatorToken.getText()));
  return bindsTighter ? node.getText() : `(${node.getText()})`;
}

function indentOf(node: ts.Node, { source }: Typed): string {
  return ' '.repeat(source.getLineAndCharacterOfPosition(node.getStart()).character);
}

/** One could be cut from what it speaks of, or end a line that goes on. */
function hasComment(node: ts.Node): boolean {
  return /\/[/*]/.test(node.getFullText());
}
