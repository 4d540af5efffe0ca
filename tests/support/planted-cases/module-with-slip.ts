import type { Kind, PlantedCase } from './planted-case.ts';

/** A module, a fault in it and its test file, whose failing tests are all of one suite. */
export interface ModuleWithSlip {
  right: string;
  /** Replacements that bring the fault in. */
  slips: readonly (readonly [string, string])[];
  /** Names that the test imports of the module. */
  names: string;
  suite: string;
  /** What stands in the suite; `before` stands above it. */
  tests: string;
  before?: string;
}

export function caseOfModule(
  kind: Kind | 'sound',
  form: string,
  noun: string,
  { right, slips, names, suite, tests, before = '' }: ModuleWithSlip,
): PlantedCase {
  let wrong = right;
  for (const [from, to] of slips) {
    if (!wrong.includes(from)) throw new Error(`${form}: the module does not hold ${from}`);
    wrong = wrong.replace(from, () => to);
  }
  const [source, file] = [`src/${noun}.ts`, `test/${noun}.test.ts`];
  const test = `import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ${names} } from '../src/${noun}.ts';
${before}
describe('${suite}', () => {
${tests}});
`;
  return {
    kind,
    form,
    files: { [source]: wrong, [file]: test },
    fix: { [source]: right },
    patterns: [`${file} > ${suite}`],
  };
}
