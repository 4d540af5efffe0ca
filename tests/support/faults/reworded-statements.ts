import ts from 'typescript';
import { type Operator, replace, type Typed } from '../../../loops/admit/code/mutants/source-change.ts';

const REMARKS = ['As agreed.', 'See the tests for examples.', 'The usual case.', 'Kept simple on purpose.'];

const comment: Operator = {
  name: 'comment',
  rewrites: (node, typed) => {
    if (!isInBlock(node)) return [];
    const start = node.getStart();
    const remark = REMARKS[start % REMARKS.length];
    return [{ start, end: start, text: `// ${remark}\n${indentOf(node, typed)}` }];
  },
};

/** Function declarations are there before the first statement runs; the one that opens a file keeps its heading. */
const reorderedFunctions: Operator = {
  name: 'reordered functions',
  rewrites: (node, { source }) => {
    if (!isWholeFunction(node)) return [];
    const index = source.statements.indexOf(node);
    const [before, next, after] = [
      source.statements[index - 1],
      source.statements[index + 1],
      source.statements[index + 2],
    ];
    if (!before || !next || !isWholeFunction(next)) return [];
    // An overload belongs to the declaration that follows it.
    if (isSignature(before) || (after && isSignature(after) && after.name?.text === next.name?.text))
      return [];
    return [
      { start: node.getFullStart(), end: next.getEnd(), text: next.getFullText() + node.getFullText() },
    ];
  },
};

const namedConstant: Operator = {
  name: 'named constant',
  rewrites: (node, typed) => {
    if (!(ts.isNumericLiteral(node) || ts.isStringLiteral(node)) || !isValue(node)) return [];
    const statement = ts.findAncestor(node, isInBlock);
    if (!statement) return [];
    const start = statement.getStart();
    const name = freeName(['fixed', 'given', 'chosen', 'known'], typed);
    const before = typed.source.text.slice(start, node.getStart());
    const text = `const ${name} = ${node.getText()};\n${indentOf(statement, typed)}${before}${name}`;
    return [{ start, end: node.getEnd(), text }];
  },
};

const namedResult: Operator = {
  name: 'named result',
  rewrites: (node, typed) => {
    if (
      !ts.isReturnStatement(node) ||
      !isInBlock(node) ||
      !node.expression ||
      ts.isIdentifier(node.expression)
    )
      return [];
    const name = freeName(['result', 'answer', 'outcome', 'found'], typed);
    const text = `const ${name} = ${node.expression.getText()};\n${indentOf(node, typed)}return ${name};`;
    return [replace(node, text)];
  },
};

export const rewordedStatements: readonly Operator[] = [
  comment,
  reorderedFunctions,
  namedConstant,
  namedResult,
];

function isInBlock(node: ts.Node): node is ts.Statement {
  return (
    !ts.isSourceFile(node) &&
    ts.isBlock(node.parent) &&
    (node.parent.statements as readonly ts.Node[]).includes(node)
  );
}

function isWholeFunction(node: ts.Node): node is ts.FunctionDeclaration {
  return ts.isFunctionDeclaration(node) && node.body !== undefined && ts.isSourceFile(node.parent);
}

function isSignature(node: ts.Node): node is ts.FunctionDeclaration {
  return ts.isFunctionDeclaration(node) && node.body === undefined;
}

/** Not a name, a directive, what a switch lists or what is imported. */
function isValue({ parent }: ts.Node): boolean {
  return (
    ts.isBinaryExpression(parent) ||
    (ts.isCallExpression(parent) && parent.expression.kind !== ts.SyntaxKind.ImportKeyword) ||
    ts.isReturnStatement(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isArrayLiteralExpression(parent) ||
    ts.isVariableDeclaration(parent)
  );
}

/** The first of these, or of those with a number, that the file does not have in it. */
function freeName(names: readonly string[], { source }: Typed): string {
  const numbered = Array.from({ length: 100 }, (_, index) =>
    names.map((name) => `${name}${index + 2}`),
  ).flat();
  const free = [...names, ...numbered].find((name) => !new RegExp(`\\b${name}\\b`).test(source.text));
  if (free === undefined) throw new Error(`no name is free in ${source.fileName}`);
  return free;
}

function indentOf(node: ts.Node, { source }: Typed): string {
  return ' '.repeat(source.getLineAndCharacterOfPosition(node.getStart()).character);
}
