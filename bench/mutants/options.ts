import type { Stryker } from '@stryker-mutator/core';

type Options = ConstructorParameters<typeof Stryker>[0];

/** Files whose decisions are changed to see whether a test notices, by globs from the root. */
export const MUTATED = ['loops/{gate,admit}/**/*.ts'];

export const NOT_MUTATED = [
  '**/*.test.ts',
  '**/testing/**',
  // They ask a database at every step, and what they choose next hangs on its answers: only tests with a server could notice.
  // What is judged without one is in `judge-variants.ts` and `choose-parameters.ts`, which stay in.
  'loops/admit/{admit-case,draft-case}.ts',
  // They read git's objects, and decide nothing.
  'loops/admit/read-queries.ts',
  'loops/admit/code/decisive-files.ts',
  // They start containers, one after the other, and hand on what those say; the files beside them decide.
  'loops/admit/code/{admit-code-cases,base-runs,run-mutants,run-oracles,with-arm}.ts',
];

export const OPTIONS = {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.stryker.config.ts' },
  coverageAnalysis: 'perTest',
  ignorePatterns: ['examples/flights-log', 'docs'],
  tempDirName: '.stryker-tmp',
  // Stryker notices most endless loops by counting. The clock is generous, since a busy machine must not kill a mutant.
  dryRunTimeoutMinutes: 20,
  timeoutMS: 60_000,
  timeoutFactor: 2,
  concurrency: 2,
  reporters: [],
  // An enumeration of a package that is not ours to import.
  logLevel: 'error' as NonNullable<Options['logLevel']>,
  allowConsoleColors: false,
} satisfies Options;
