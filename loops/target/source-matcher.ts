import picomatch from 'picomatch';
import type { CodeTarget } from './load-target.ts';

/** Whether a path is code under test: below `target.sources`, and no test. */
export function sourceMatcher({ config }: CodeTarget): (file: string) => boolean {
  const sources = picomatch(config.target.sources, { dot: true });
  const tests = picomatch(config.tests.files, { dot: true });
  return (file) => sources(file) && !tests(file);
}
