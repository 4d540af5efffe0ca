import { defineConfig } from 'vitest/config';
import { unit } from './vitest.config.ts';

/** The tests that mutants are tried with: the pure ones alone, in one project, as Stryker expects them. */
export default defineConfig({
  test: {
    include: unit,
    // They tell rates, which a change must move far to be noticed, in seconds a run: of what only they notice nothing is counted.
    exclude: ['**/*-simulation.test.ts'],
    isolate: false,
    // A survivor waits for all of its tests, and a mutant of a loop for none that end.
    testTimeout: 30_000,
  },
});
