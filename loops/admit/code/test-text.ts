import ts from 'typescript';
import type { FailingTest } from '../../../datasets/cases/code-case.ts';

/** What some tests of a file say, as far as it can be told from its text. */
export interface TestText {
  /** Their calls; where a title is not written as it is reported, the suite around it, or else all of the file. */
  text: string;
  /** The same whatever values they work on: each is a `_`. */
  shape: string;
  /** Names that they use, and what their file imports from elsewhere in the repository and they use. */
  names: Set<string>;
  /** Texts that they hold, regular expressions among them. */
  literals: Set<string>;
}

export function readTestText(fileText: string, tests: readonly FailingTest[]): TestText {
  const source = ts.createSourceFile('test.ts', fileText, ts.ScriptTarget.Latest, true);
  const calls = new Map<string, ts.CallExpression[]>();
  const find = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [title, body] = node.arguments;
      if (
        title &&
        ts.isStringLiteralLike(title) &&
        body &&
        ts.isFunctionLike(body) &&
        isTest(node.expression)
      )
        calls.set(title.text, [...(calls.get(title.text) ?? []), node]);
    }
    ts.forEachChild(node, find);
  };
  find(source);
  // From the test's own title outwards: titles of tables are reported with values in them.
  const placeOf = ({ path }: FailingTest): readonly ts.Node[] =>
    path
      .toReversed()
      .flatMap((title) => [calls.get(title) ?? []])
      .find((one) => one.length > 0) ?? [source];
  const nodes = outermost([...new Set(tests.flatMap(placeOf))]);
  const result: TestText = { text: '', shape: '', names: new Set(), literals: new Set() };
  const read = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && isPackage(node)) return;
    if (ts.isIdentifier(node)) result.names.add(node.text);
    else if (ts.isRegularExpressionLiteral(node)) result.literals.add(wordsOfExpression(node.text));
    else if (ts.isStringLiteralLike(node) && !ts.isImportDeclaration(node.parent) && !isTitle(node))
      result.literals.add(node.text);
    ts.forEachChild(node, read);
  };
  for (const node of nodes) read(node);
  result.text = nodes.map((node) => bodyText(node, false)).join('\n');
  result.shape = nodes.map((node) => bodyText(node, true)).join('\n');
  return result;
}

const outermost = (nodes: readonly ts.Node[]): ts.Node[] =>
  nodes.filter(
    (node) => !nodes.some((other) => other !== node && other.pos <= node.pos && node.end <= other.end),
  );
const isTest = (callee: ts.Expression): boolean => /^(?:test|it|describe)\b/.test(callee.getText());
const isPackage = ({ moduleSpecifier }: ts.ImportDeclaration): boolean =>
  !moduleSpecifier.getText().slice(1).startsWith('.');
const isTitle = ({ parent, pos }: ts.Node): boolean =>
  ts.isCallExpression(parent) &&
  parent.arguments[0]?.pos === pos &&
  /^(?:test|it|describe)\b/.test(parent.expression.getText());
const wordsOfExpression = (text: string): string =>
  text.replace(/^\/\^?|\$?\/[a-z]*$/g, '').replaceAll('\\', '');

/**
 * What a test does, without what it is called, comments, and the names that it gives to its own variables: none of them makes
 * it another one. `anyValue` leaves out values that are written down as well.
 */
function bodyText(node: ts.Node, anyValue: boolean): string {
  const body = (ts.isCallExpression(node) && node.arguments[1]) || node;
  const own = new Map<string, string>();
  const cuts: { from: number; to: number; by: string }[] = [];
  const declare = (one: ts.Node): void => {
    if (
      (ts.isVariableDeclaration(one) || ts.isParameter(one) || ts.isBindingElement(one)) &&
      ts.isIdentifier(one.name)
    )
      own.set(one.name.text, own.get(one.name.text) ?? `v${own.size}`);
    ts.forEachChild(one, declare);
  };
  declare(body);
  const text = body.getSourceFile().text;
  const read = (one: ts.Node): void => {
    for (const { pos, end } of ts.getLeadingCommentRanges(text, one.getFullStart()) ?? [])
      if (pos >= body.getStart()) cuts.push({ from: pos, to: end, by: '' });
    const by = ts.isIdentifier(one) && !isField(one) ? own.get(one.text) : undefined;
    if (by !== undefined) cuts.push({ from: one.getStart(), to: one.end, by });
    else if (anyValue && isValue(one)) cuts.push({ from: one.getStart(), to: one.end, by: '_' });
    else ts.forEachChild(one, read);
  };
  read(body);
  let [result, at] = ['', body.getStart()];
  for (const { from, to, by } of cuts.sort((a, b) => a.from - b.from)) {
    // A comment may lead several nodes that begin at one place.
    if (from < at) continue;
    result += text.slice(at, from) + by;
    at = to;
  }
  return (result + text.slice(at, body.end)).replaceAll(/\s+/g, ' ');
}

/** Written down as it is, with nothing in it that has to be looked up. */
const isValue = (node: ts.Node): boolean => {
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isValue);
  if (ts.isPrefixUnaryExpression(node)) return isValue(node.operand);
  return (
    ts.isLiteralExpression(node) ||
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword ||
    node.kind === ts.SyntaxKind.NullKeyword
  );
};

/** `x.field` and `{ field: x }`: not a variable, though one may have its name. */
const isField = (node: ts.Identifier): boolean =>
  (ts.isPropertyAccessExpression(node.parent) || ts.isPropertyAssignment(node.parent)) &&
  node.parent.name === node;
