import type { Draw } from '../../generated-target/draw.ts';

/** A function as its author would have written it, with slips that could have been made in it. */
export interface Family {
  /** What functions of this family are called, before the noun. */
  verbs: readonly string[];
  write(draw: Draw, name: string): Written;
}

export interface Written {
  text: string;
  /** Replacements, each of which makes it wrong for some arguments. */
  slips: readonly (readonly [string, string])[];
  /** Arguments worth a test. */
  inputs: unknown[][];
  /** A sentence on what it does, as a README would have it. */
  about: string;
}
