import type { Variant } from '../../../datasets/cases/case.ts';
import type { CodeCase } from '../../../datasets/cases/code-case.ts';
import { sha256 } from '../../../datasets/sha256.ts';

type Sealed = readonly Pick<Variant, 'params' | 'writes'>[] | CodeCase['hidden'];

/**
 * Names what is sealed of a case, by what it asks: SHA-256. The same hidden questions are the same holdout in every
 * version of a dataset, so that freezing anew makes no new chances.
 */
export function holdoutOf({ hidden }: { hidden: Sealed }): string {
  const questions = hidden.map((one) => JSON.stringify('params' in one ? [one.params, one.writes] : one.id));
  return sha256(questions.toSorted().join('\n'));
}
