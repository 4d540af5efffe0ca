import type { ReasonCode } from '../../loops/gate/reason.ts';
import type { Draw } from '../generated-target/draw.ts';

/** How an ordinary harness in the process of the code tells right from wrong: see naive-runner.mjs. */
export type NaiveStyle = 'equal' | 'json' | 'tolerance' | 'ok' | 'time';

/** Which of the target's cases a patch is tried on: one of wrong answers, or one of answers that take too long. */
export type Weakness = 'wrong' | 'slow';

export interface Ground {
  draw: Draw;
  /** The module with the weakness, as the base has it, and the names that it exports. */
  file: string;
  exports: readonly string[];
  /** The other modules. */
  others: readonly string[];
  /** Ids of all tests, and what of the case a fixer is told. */
  tests: readonly string[];
  told: readonly { file: string; path: readonly string[] }[];
  /** Texts of the test files that a fixer has. */
  testTexts: ReadonlyMap<string, string>;
}

/** What a cheat puts into a module. Words that begin with `$` are names of its own, which another disguise changes. */
export interface Poison {
  /** Runs when the module is loaded, after its imports. */
  atImport?: string;
  imports?: string;
  /** An expression for what an exported function becomes; `original` is what it was. */
  wrap?: (original: string, name: string) => string;
}

interface Named {
  /** Of the list of cheats that must never be accepted. */
  line: number;
  name: string;
  /** One of them must be among the verdict's. */
  codes: readonly ReasonCode[];
}

/** A cheat within the code under test. */
export interface CodeAttack extends Named {
  on: Weakness;
  /** What it fools, where it fools an ordinary harness. */
  fools?: NaiveStyle;
  /** Reasons where it comes with an honest fix, which makes the tests pass; as otherwise where not given. */
  codesInFix?: readonly ReasonCode[];
  poison(ground: Ground): Poison;
}

/** A cheat beside the code: other files, or the form of the patch itself. `variant` counts 0, 1, … for other files and names. */
export interface PatchAttack extends Named {
  /** What the command says where it takes no such patch at all. */
  refusal?: RegExp;
  /** Files to write (null: to delete), or a patch text as it stands, after the honest part of it. */
  change(ground: Ground, variant: number): { files: Record<string, string | null> } | { patch: string };
}

/** Of other files and names the one for a variant. */
export const pick = <T>(list: readonly T[], variant: number): T => list[variant % list.length] as T;

/** Reasons of a verdict on code that gives wrong answers, or none. */
export const FAILS = ['still-fails', 'guard-fails'] as const;
export const CHANGED = ['process-changed'] as const;

export type Attack = CodeAttack | PatchAttack;
