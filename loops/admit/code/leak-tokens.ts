import ts from 'typescript';

export const isCode = (file: string): boolean => /\.[cm]?[jt]sx?$/.test(file);

/** Words, numbers and marks; brackets of blocks, semicolons and backticks, in which documents put code, count for nothing. */
export const tokensOf = (text: string): string[] =>
  (text.match(/[\p{L}_$][\p{L}\p{N}_$]*|\d+(?:\.\d+)?|[^\s]/gu) ?? []).filter(
    (token) => !/[;{}`]/.test(token),
  );

/** Tokens with blanks around each, so that a passage of whole tokens is found in it as text. */
export const padded = (tokens: readonly string[]): string => ` ${tokens.join(' ')} `;

/** Marks that lines of patches, quotations and comments begin with. */
export const prose = (text: string): string =>
  text.replaceAll('`', ' ').replaceAll(/^\s*(?:\/\/|\/?\*+|[-+>#])+/gm, '');

export function commentsOf(text: string): string {
  return prose(
    ranges(text)
      .map(([start, end]) => text.slice(start, end))
      .join('\n'),
  );
}

export function withoutComments(text: string): string {
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
