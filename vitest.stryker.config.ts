import { defineConfig } from 'vitest/config';
import { unit } from './vitest.config.ts';

/** The tests that mutants are tried with: the pure ones alone, in one project, as Stryker expects them. */
export default defineConfig({
  test: {
    include: unit,
    isolate: false,
    // A survivor waits for all of its tests, and a mutant of a loop for none that end.
    testTimeout: 30_000,
  },
});
