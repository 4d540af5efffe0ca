import type { TestResult } from '../reports/test-report.ts';
import { sha256 } from '../sha256.ts';

/** Failing tests of one file and outermost suite: the same part of the code, most often for the same reason. */
export interface FailurePattern {
  id: string;
  /** `file > suite`; the file alone for tests outside of suites. */
  fingerprint: string;
  /** In the order of their ids. */
  tests: (TestResult & { file: string })[];
}

/**
 * Patterns of the failing tests of one run, the one of most tests first. A file that broke as a whole is none: which of
 * its tests fail is not known.
 */
export function groupFailures(tests: readonly TestResult[]): FailurePattern[] {
  const groups = new Map<string, FailurePattern['tests']>();
  for (const test of tests) {
    const { file, path, outcome } = test;
    if (file === null || path.length === 0 || (outcome !== 'failed' && outcome !== 'errored')) continue;
    const fingerprint = path.length > 1 ? `${file} > ${path[0]}` : file;
    const group = groups.get(fingerprint) ?? [];
    group.push({ ...test, file });
    groups.set(fingerprint, group);
  }
  return [...groups]
    .map(([fingerprint, group]) => ({
      id: sha256(fingerprint).slice(0, 16),
      fingerprint,
      tests: group.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    }))
    .sort((a, b) => b.tests.length - a.tests.length || (a.id < b.id ? -1 : 1));
}
