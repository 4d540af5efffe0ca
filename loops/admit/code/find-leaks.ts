import ts from 'typescript';

/** Tokens in a row that are no chance any more. */
const GRAM = 8;
/** A shorter line of an oracle is looked for as a whole; still shorter ones say too little. */
const LEAST_TOKENS = 5;

const CODE = /\.[cm]?[jt]sx?$/;

/**
 * Files of what a fixer gets that say what the oracle adds: token 8-grams of its added lines, beyond what the code itself holds
 * already. Of code only the comments are looked at. Brackets of blocks and semicolons count for nothing.
 */
export function findLeaks(runs: readonly string[], files: ReadonlyMap<string, string>): string[] {
  const code = [...files].filter(([file]) => CODE.test(file));
  const known = code.map(([, text]) => padded(tokensOf(withoutComments(text))));
  const grams = [...new Set(runs.flatMap(gramsOf))].filter(
    (gram) => !known.some((text) => text.includes(gram)),
  );
  if (grams.length === 0) return [];
  return [...files].flatMap(([file, text]) => {
    const said = padded(tokensOf(CODE.test(file) ? commentsOf(text) : prose(text)));
    return grams.some((gram) => said.includes(gram)) ? [file] : [];
  });
}

function gramsOf(run: string): string[] {
  const tokens = tokensOf(withoutComments(run));
  if (tokens.length < LEAST_TOKENS) return [];
  const length = Math.min(GRAM, tokens.length);
  return Array.from({ length: tokens.length - length + 1 }, (_, at) => padded(tokens.slice(at, at + length)));
}

const tokensOf = (text: string): string[] =>
  (text.match(/[\p{L}_$][\p{L}\p{N}_$]*|\d+(?:\.\d+)?|[^\s]/gu) ?? []).filter(
    (token) => !/[;{}]/.test(token),
  );
const padded = (tokens: readonly string[]): string => ` ${tokens.join(' ')} `;

/** Marks that lines of patches, quotations and comments begin with. */
const prose = (text: string): string =>
  text.replaceAll('`', ' ').replaceAll(/^\s*(?:\/\/|\/?\*+|[-+>#])+/gm, '');

function commentsOf(text: string): string {
  return prose(
    ranges(text)
      .map(([start, end]) => text.slice(start, end))
      .join('\n'),
  );
}

function withoutComments(text: string): string {
  let rest = text;
  for (const [start, end] of ranges(text).reverse()) rest = rest.slice(0, start) + rest.slice(end);
  return rest;
}

function ranges(text: string): [number, number][] {
  const source = ts.createSourceFile('code.ts', text, ts.ScriptTarget.Latest, true);
  const found = new Map<number, number>();
  const visit = (node: ts.Node): void => {
    for (const { pos, end } of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [])
      found.set(pos, end);
    for (const { pos, end } of ts.getTrailingCommentRanges(text, node.getEnd()) ?? []) found.set(pos, end);
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...found].sort(([a], [b]) => a - b);
}
