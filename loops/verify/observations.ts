import { sha256 } from '../../datasets/sha256.ts';

/** Collects what trials are scored from, so that a corrected verifier can score them again. */
export class Observations {
  readonly #texts = new Map<string, string>();

  /** The name of the text: its SHA-256. */
  keep(text: string): string {
    const name = sha256(text);
    this.#texts.set(name, text);
    return name;
  }

  get texts(): ReadonlyMap<string, string> {
    return this.#texts;
  }
}
