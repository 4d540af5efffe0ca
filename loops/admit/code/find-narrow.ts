import ts from 'typescript';
import type { TestText } from './test-text.ts';

/** Texts shorter than this are chance. */
const LEAST_CHARACTERS = 4;

/**
 * What tests ask by name that nobody but the oracle's author could know: names and texts that the oracle brings, the tests hold
 * and nothing says that a fixer is told. `told` is the instruction and all of the fixer's checkout.
 */
export function findNarrow(
  runs: readonly string[],
  { names, literals }: Pick<TestText, 'names' | 'literals'>,
  told: readonly string[],
): string[] {
  const words = new Set(told.flatMap((text) => text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []));
  const isTold = (text: string) => told.some((one) => one.includes(text.trim()));
  const brought = runs.map(readBrought);
  const unknownNames = brought
    .flatMap((one) => one.names)
    .filter((name) => names.has(name) && !words.has(name));
  const unknownTexts = brought
    .flatMap((one) => one.texts)
    .filter((text) => text.trim().length >= LEAST_CHARACTERS && /\p{L}{3}/u.test(text))
    .filter((text) => [...literals].some((literal) => isPartOf(literal, text)) && !isTold(text));
  return [...new Set([...unknownNames, ...unknownTexts.map((text) => JSON.stringify(text))])];
}

const isPartOf = (literal: string, text: string): boolean =>
  literal.includes(text.trim()) ||
  (literal.trim().length >= LEAST_CHARACTERS && text.includes(literal.trim()));

/** Lines need not parse as a program: the scanner knows names and texts anyway. */
function readBrought(text: string): { names: string[]; texts: string[] } {
  const source = ts.createSourceFile('added.ts', text, ts.ScriptTarget.Latest, true);
  const names: string[] = [];
  const texts: string[] = [];
  const read = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.push(node.text);
    else if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node)
    )
      texts.push(node.text);
    ts.forEachChild(node, read);
  };
  read(source);
  return { names, texts };
}
