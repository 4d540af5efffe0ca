import ts from 'typescript';
import { commentsOf, isCode, prose, tokensOf } from './leak-tokens.ts';
import type { AddedLines } from './oracle.ts';

/** A shorter declaration is written alike by chance. */
const LEAST_TOKENS = 12;

/** What an oracle makes of the code, and which lines of it are the oracle's. */
interface Mended {
  sources: ReadonlyMap<string, string>;
  part: ReadonlyMap<string, AddedLines>;
}

/**
 * Files of what a fixer gets that hold a whole declaration as the oracle leaves it, by its name: a backup, built code, a document
 * that shows it. Lines of it may stand in other code as well, which makes none of them a leak (`findLeaks`).
 */
export function findCopies({ sources, part }: Mended, files: ReadonlyMap<string, string>): string[] {
  const mended = [...part].flatMap(([file, lines]) => {
    const before = files.get(file);
    const held = before === undefined ? '' : joined(plain(before));
    return declarationsAt(sources.get(file) ?? '', lines)
      .map((text) => ({ written: joined(text), emitted: joined(plain(text)) }))
      .filter(({ written, emitted }) => written.split(' ').length >= LEAST_TOKENS && !held.includes(emitted));
  });
  if (mended.length === 0) return [];
  return [...files].flatMap(([file, text]) => {
    const said = isCode(file) ? [plain(text), commentsOf(text)] : [prose(text)];
    const texts = said.map(joined);
    const holds = (passage: string): boolean => texts.some((one) => one.includes(passage));
    return mended.some(({ written, emitted }) => holds(written) || holds(emitted)) ? [file] : [];
  });
}

/** The smallest declarations with a name of their own that some lines are in. */
function declarationsAt(text: string, lines: AddedLines): string[] {
  const source = ts.createSourceFile('code.ts', text, ts.ScriptTarget.Latest, true);
  const found = new Set<ts.Node>();
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ts.Node): void => {
    if (isDeclaration(node) && !hasDeclaration(node)) {
      const [first, last] = [lineOf(node.getStart()), lineOf(node.end)];
      if ([...lines.keys()].some((line) => line >= first && line <= last)) found.add(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found].map((node) => node.getText().replace(/^export (?:default )?/, ''));
}

const isDeclaration = (node: ts.Node): boolean =>
  ts.isFunctionDeclaration(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isAccessor(node) ||
  (ts.isVariableStatement(node) && ts.isSourceFile(node.parent));

const hasDeclaration = (node: ts.Node): boolean =>
  ts.forEachChild(node, (child) => (isDeclaration(child) || hasDeclaration(child) ? true : undefined)) ??
  false;

/** Without types and comments, as a compiler leaves it. A method alone is no program, and stays one in the output all the same. */
function plain(text: string): string {
  const compilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    removeComments: true,
  };
  return ts.transpileModule(text, { compilerOptions }).outputText;
}

const joined = (text: string): string => ` ${tokensOf(text).join(' ')} `;
