import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hollow, splitTarget } from './split-target.ts';

test('tests, what they read, and configuration stay with the tests; all else is what they test', () => {
  const testSide = [
    'src/add.test.ts',
    'src/deep/add.spec.mts',
    'tests/flow.ts',
    'packages/a/test/fixtures/rows.json',
    'src/__tests__/add.js',
    'src/__snapshots__/add.test.ts.snap',
    'vitest.config.ts',
    'packages/a/vite.config.mjs',
    'package.json',
    'tsconfig.build.json',
  ];
  const codeSide = [
    'src/add.ts',
    'src/latest.ts',
    'src/contest/add.ts',
    'src/data.json',
    'index.js',
    'README.md',
  ];
  expect(splitTarget([...testSide, ...codeSide])).toEqual({ testSide, codeSide });
});

test('every file is on one side', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1 })),
      fc.array(fc.constantFrom('**/*.ts', 'a*', '**')),
      (files, globs) => {
        const { testSide, codeSide } = splitTarget(files, globs);
        expect([...testSide, ...codeSide].toSorted()).toEqual(files.toSorted());
      },
    ),
  );
});

test('a hollow file runs to nothing but its reason, whatever its name', () => {
  const run = new Function(hollow('src/it\'s "odd".ts'));
  expect(run).toThrow(`src/it's "odd".ts is under test`);
});
