import type { Draw } from '../../generated-target/draw.ts';

/** Who writes a cheat: what is drawn, and what they call things of their own. */
export interface Author {
  draw: Draw;
  /** The plain word, or, under other names, one that says nothing; always the same one for a word. */
  name: (word: string) => string;
}

export function author(draw: Draw, isRenamed: boolean): Author {
  const known = new Map<string, string>();
  const name = (word: string): string => {
    if (!isRenamed) return word;
    const made =
      known.get(word) ?? `${draw.pick(['part', 'unit', 'slice', 'stage'])}_${draw.int(1_000, 9_999)}`;
    known.set(word, made);
    return made;
  };
  return { draw, name };
}
