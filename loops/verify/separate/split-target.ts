import picomatch from 'picomatch';

/** Where tests and what they read usually lie; a target's configuration may say otherwise. */
export const testSideGlobs: readonly string[] = [
  '**/*.{test,spec}.*',
  '**/{test,tests,__tests__,__snapshots__,__fixtures__,fixtures}/**',
  '**/{vitest,vite}.config.*',
  '**/{package,tsconfig,tsconfig.*}.json',
];

export interface SplitTarget {
  /** The container of the tests gets these as they are, from the base. */
  testSide: string[];
  /** In the container of the tests these are `hollow`. */
  codeSide: string[];
}

/** Files of a target, as paths from its root, by the side that they run on. */
export function splitTarget(files: readonly string[], globs: readonly string[] = testSideGlobs): SplitTarget {
  const isTestSide = picomatch([...globs], { dot: true });
  return {
    testSide: files.filter((file) => isTestSide(file)),
    codeSide: files.filter((file) => !isTestSide(file)),
  };
}

/**
 * What a file of the code side is in the container of the tests. It has to be there to be found by an import; whoever reaches it
 * past the plugin (`require`, a process of its own, reading it as text) must not get the base's code and pass for it.
 */
export function hollow(file: string): string {
  return `throw new Error(${JSON.stringify(`${file} is under test, and runs in another process than the tests`)});\n`;
}
