import ts from 'typescript';

/** A module without types and comments, as a compiler leaves it. */
export const emitted = (text: string): string =>
  ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, removeComments: true },
  }).outputText;
