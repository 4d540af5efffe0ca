import { commentsOf, isCode, padded, prose, tokensOf, withoutComments } from './leak-tokens.ts';

/** Tokens in a row that are no chance any more. */
const GRAM = 8;
/** A shorter line of an oracle is looked for as a whole; still shorter ones say too little. */
const LEAST_TOKENS = 5;

/**
 * Files of what a fixer gets that say what the oracle adds: token 8-grams of its added lines, beyond what the code itself holds
 * already. Of code only the comments are looked at. Brackets of blocks and semicolons count for nothing.
 */
export function findLeaks(runs: readonly string[], files: ReadonlyMap<string, string>): string[] {
  const code = [...files].filter(([file]) => isCode(file));
  const known = code.map(([, text]) => padded(tokensOf(withoutComments(text))));
  const grams = [...new Set(runs.flatMap(gramsOf))].filter(
    (gram) => !known.some((text) => text.includes(gram)),
  );
  if (grams.length === 0) return [];
  return [...files].flatMap(([file, text]) => {
    const said = padded(tokensOf(isCode(file) ? commentsOf(text) : prose(text)));
    return grams.some((gram) => said.includes(gram)) ? [file] : [];
  });
}

function gramsOf(run: string): string[] {
  const tokens = tokensOf(withoutComments(run));
  if (tokens.length < LEAST_TOKENS) return [];
  const length = Math.min(GRAM, tokens.length);
  return Array.from({ length: tokens.length - length + 1 }, (_, at) => padded(tokens.slice(at, at + length)));
}
