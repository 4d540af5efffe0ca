/**
 * Jaccard similarity of two texts: of the 3-grams of characters that either holds, the share that both hold. In [0, 1];
 * 1 for the same set of them, so for the same text. Characters are code points, taken as they are: case and blanks
 * count. How often a 3-gram occurs does not.
 *
 * Source: Broder 1997, On the Resemblance and Containment of Documents.
 */
export function jaccard(a: string, b: string): number {
  const left = characterGrams(a);
  const right = characterGrams(b);
  let shared = 0;
  for (const gram of left) if (right.has(gram)) shared++;
  return shareOfUnion(shared, left.size, right.size);
}

/** The 3-grams of a text; one that is shorter is its only gram, so that it still equals itself. Never empty. */
export function characterGrams(text: string): Set<string> {
  const grams = new Set<string>();
  let first = '';
  let second = '';
  for (const third of text) {
    if (first !== '') grams.add(first + second + third);
    first = second;
    second = third;
  }
  return grams.size === 0 ? grams.add(text) : grams;
}

/** Jaccard similarity of two sets, from what they share and their sizes. */
export function shareOfUnion(shared: number, size: number, otherSize: number): number {
  return shared / (size + otherSize - shared);
}
