/** Words, numbers and texts in a row that are no chance any more, and so many of them must be literals. */
const PASSAGE = 8;
const LITERALS = 3;
/** A passage of which all words but so many were there before was mended, and not brought. */
const MENDED = 2;
/** Numbers of so many digits are nobody's but the test's that has them, and so many of those are no chance. */
const DIGITS = 4;
const NUMBERS = 3;
const MOST = 10;
/** Patches are hostile, and each of these is looked for in all that was removed. */
const LOOKED_AT = 200;

/**
 * What of the tests a patch brings into code that did not have it: what answers them by heart. That is a passage, or some long
 * numbers. Compared are words and numbers alone, so that neither quotes nor brackets nor commas tell `{ start: 0 }` from
 * `'{"start":0}'`. At most ten findings, as people read them.
 */
export function copiedPassages(
  { added, removed }: { added: readonly string[]; removed: readonly string[] },
  { tests, sources }: { tests: readonly string[]; sources: readonly string[] },
): string[] {
  const words = { added: added.map(wordsOf), tests: tests.map(wordsOf), sources: sources.map(wordsOf) };
  const before = removed.map(wordsOf);
  const inTests = new Set(words.tests.flatMap(passagesOf));
  for (const passage of words.sources.flatMap(passagesOf)) inTests.delete(passage);
  const passages = words.added
    .flatMap(passagesOf)
    .filter((passage) => inTests.has(passage))
    .slice(0, LOOKED_AT)
    .filter((passage) => !before.some((text) => isMended(passage.split(' '), text)));

  const known = new Set([...words.sources, ...before].flatMap(longNumbers));
  const tested = new Set(words.tests.flatMap(longNumbers));
  const numbers = [...new Set(words.added.flatMap(longNumbers))].filter(
    (number) => tested.has(number) && !known.has(number),
  );
  const found = numbers.length >= NUMBERS ? [`the numbers ${numbers.join(', ')}`] : [];
  return [...new Set([...passages, ...found])].slice(0, MOST);
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}_$][\p{L}\p{N}_$]*|\d[\d_]*(?:\.\d+)?/gu) ?? [];

const longNumbers = (words: readonly string[]): string[] =>
  words.map((word) => word.replaceAll('_', '')).filter((word) => /^\d+$/.test(word) && word.length >= DIGITS);

function passagesOf(words: readonly string[]): string[] {
  const passages: string[] = [];
  for (let at = 0; at + PASSAGE <= words.length; at++) {
    const passage = words.slice(at, at + PASSAGE);
    if (passage.filter((word) => /^\d/.test(word)).length >= LITERALS) passages.push(passage.join(' '));
  }
  return passages;
}

/** Whether a text has nearly all words of a passage, in its order and close together. */
function isMended(passage: readonly string[], text: readonly string[]): boolean {
  for (let from = 0; from < text.length; from++) {
    let at = from;
    let met = 0;
    for (const word of passage) {
      const next = text.slice(at, at + MENDED + 1).indexOf(word);
      if (next === -1) continue;
      met += 1;
      at += next + 1;
    }
    if (met >= PASSAGE - MENDED) return true;
  }
  return false;
}
