import type { Draw } from './draw.ts';

const CONSONANTS = [...'bcdfghklmnprstvz'];
const VOWELS = [...'aeiou'];

/** Names that people give columns although SQL wants them quoted. */
const RESERVED = ['order', 'user', 'group', 'end', 'limit', 'table', 'references', 'check', 'when', 'select'];

export function drawWord(draw: Draw): string {
  const syllables = Array.from({ length: draw.int(2, 3) }, () => draw.pick(CONSONANTS) + draw.pick(VOWELS));
  return syllables.join('') + draw.pick(CONSONANTS);
}

/** Names in one of the styles that schemas have, each once within its scope. */
export function createNamer(draw: Draw): (taken: Set<string>) => string {
  const style = draw.pick(['snake', 'snake', 'camel', 'Mixed', 'odd'] as const);
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  const make = (): string => {
    if (draw.chance(0.1)) return draw.pick(RESERVED);
    const words = Array.from({ length: draw.int(1, 2) }, () => drawWord(draw));
    if (style === 'camel') return words.map((word, at) => (at === 0 ? word : capital(word))).join('');
    if (style === 'Mixed') return words.map(capital).join('_');
    if (style === 'odd') return words.join(draw.pick([' ', '-', '$', 'é', '"', '_']));
    return words.join('_');
  };
  return (taken) => {
    for (;;) {
      const name = make();
      if (taken.has(name)) continue;
      taken.add(name);
      return name;
    }
  };
}

/** As a person writes it: quoted where it has to be. */
export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.includes(name)
    ? name
    : `"${name.replaceAll('"', '""')}"`;
}

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
