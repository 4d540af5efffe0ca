import { z } from 'zod';

/** What git names a file's content by. */
const Blob = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/);

/** A test by its id in reports, and how it failed on the base. */
export const FailingTest = z.strictObject({
  id: z.string(),
  file: z.string(),
  /** Titles of the suites, then of the test. */
  path: z.array(z.string()),
  message: z.string(),
});
export type FailingTest = z.infer<typeof FailingTest>;

/** A case of failing tests: what a patch has to make pass, and what has to go on passing. */
export const CodeCase = z.strictObject({
  id: z.string(),
  pattern: z.string(),
  /** Where it fails: file and suite. */
  title: z.string(),
  /** Failing tests that a fixer is told of, with their messages. */
  visible: z.array(FailingTest),
  /** Sealed: the other failing tests. Each is a variant of the case; of a single failing test the title alone is told. */
  hidden: z.array(FailingTest).min(1),
  /** Sealed: tests that passed on the base in every trial at admission. */
  guards: z.array(z.string()),
  /**
   * Sealed: tests that passed on the base in each run beside the code, in one process with it. A candidate that fails one is
   * refused; that it passes says nothing.
   */
  besideGuards: z.array(z.string()).default([]),
  /** Sealed: all of the revision but the code under test (tests, snapshots, the runner's configuration), by its content. */
  decisive: z.record(z.string(), Blob),
  /** Sealed: a patch that makes its tests pass, where one is known. */
  oracle: z.string().nullable().default(null),
});
export type CodeCase = z.infer<typeof CodeCase>;

/** The case's own tests, those that a fixer is told of first. */
export const testsOf = ({ visible, hidden }: Pick<CodeCase, 'visible' | 'hidden'>): FailingTest[] => [
  ...visible,
  ...hidden,
];

export const testIdsOf = (codeCase: Pick<CodeCase, 'visible' | 'hidden'>): string[] =>
  testsOf(codeCase).map(({ id }) => id);

/** The file that a test of the case's revision is in, by its id: a path may hold what separates titles. */
export const fileOfTest = ({ decisive }: Pick<CodeCase, 'decisive'>, id: string): string | undefined =>
  Object.keys(decisive).find((file) => id === file || id.startsWith(`${file} > `));
