import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Pure functions: no file leaves anything behind for another, and modules are loaded once.
    isolate: false,
    cache: false,
  },
});
