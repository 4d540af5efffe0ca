/** Words, numbers and texts in a row that are no chance any more, and so many of them must be literals. */
const PASSAGE = 8;
const LITERALS = 3;
const MOST = 10;

/**
 * Passages of tests that code has been given and did not have: what answers them by heart. Compared are the words and numbers
 * alone, so that neither quotes nor brackets nor commas tell `{ start: 0 }` from `'{"start":0}'`. At most ten, as people read them.
 */
export function copiedPassages(
  added: readonly string[],
  { tests, sources }: { tests: readonly string[]; sources: readonly string[] },
): string[] {
  const inTests = new Set(tests.flatMap((text) => passagesOf(wordsOf(text))));
  for (const text of sources) for (const passage of passagesOf(wordsOf(text))) inTests.delete(passage);
  const copied = added.flatMap((text) => passagesOf(wordsOf(text))).filter((passage) => inTests.has(passage));
  return [...new Set(copied)].slice(0, MOST);
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}_$][\p{L}\p{N}_$]*|\d+(?:\.\d+)?/gu) ?? [];

function passagesOf(words: readonly string[]): string[] {
  const passages: string[] = [];
  for (let at = 0; at + PASSAGE <= words.length; at++) {
    const passage = words.slice(at, at + PASSAGE);
    if (passage.filter((word) => /^\d/.test(word)).length >= LITERALS) passages.push(passage.join(' '));
  }
  return passages;
}
