import type { CodeCase, FailingTest } from '../../../datasets/cases/code-case.ts';
import type { FailurePattern } from '../../../datasets/patterns/group-failures.ts';

/** How many failing tests a fixer is told of, at most; of several, more are hidden than told. */
const MOST_TOLD = 3;

/** Turns a pattern of failing tests into a draft case. Nothing is judged here. */
export function draftCodeCase(
  pattern: FailurePattern,
  { guards, besideGuards, decisive }: Pick<CodeCase, 'guards' | 'besideGuards' | 'decisive'>,
): CodeCase {
  const failing = pattern.tests.map(
    ({ id, file, path, message }): FailingTest => ({ id, file, path, message: message ?? '' }),
  );
  const told = Math.min(MOST_TOLD, Math.floor(failing.length / 2));
  return {
    id: `${slugOf(pattern.fingerprint)}-${pattern.id.slice(0, 8)}`,
    pattern: pattern.id,
    title: pattern.fingerprint,
    visible: failing.slice(0, told),
    hidden: failing.slice(told),
    guards,
    besideGuards,
    decisive,
    oracle: null,
  };
}

/** A name for a folder: what a person recognises of the file and the suite. */
function slugOf(fingerprint: string): string {
  const words = fingerprint.replace(/^.*\//, '').replace(/\.(test|spec)\.\w+/, '');
  const slug = words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return slug.slice(0, 40).replace(/-+$/, '') || 'case';
}
