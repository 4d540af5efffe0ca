import ts from 'typescript';

/**
 * How many calls of a text have type arguments; undefined where it is no program. TypeScript takes `a < (b > (c))` for the
 * beginning of one: a change of an operator may turn two comparisons into a call of a number, or into no program at all.
 */
export function callsWithTypes(text: string): number | undefined {
  const { diagnostics = [] } = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
    reportDiagnostics: true,
  });
  if (diagnostics.length > 0) return undefined;
  let calls = 0;
  const visit = (node: ts.Node): void => {
    const isCall =
      ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node);
    if ((isCall || ts.isExpressionWithTypeArguments(node)) && node.typeArguments) calls += 1;
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('calls.ts', text, ts.ScriptTarget.Latest, true));
  return calls;
}
