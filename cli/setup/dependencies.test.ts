import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { markDependenciesStale, staleDependencies } from './dependencies.mjs';

const a = { version: '1.0.0', integrity: 'sha512-a' };
const other = { version: '1.0.0', optional: true, os: ['other'] };
const declared = { dependencies: { a: '1.0.0' } };
const packages = { '': declared, 'node_modules/a': a, 'node_modules/other': other };

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'whetstone-dependencies-'));
  await mkdir(`${root}/node_modules/a`, { recursive: true });
  await write('package.json', declared);
  await write('package-lock.json', { packages });
  await write('node_modules/.package-lock.json', { packages: { 'node_modules/a': a } });
  await write('node_modules/a/package.json', { name: 'a' });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const write = (file: string, content: unknown) => writeFile(`${root}/${file}`, JSON.stringify(content));

describe('staleDependencies', () => {
  test('what package-lock.json asks for is there; a package of another platform need not be', () => {
    expect(staleDependencies(root)).toBeUndefined();
  });

  test.each([
    [
      'nothing is installed',
      () => rm(`${root}/node_modules`, { recursive: true }),
      /missing or its installation was cut off/,
    ],
    ['an installation was cut off', async () => markDependenciesStale(root), /cut off/],
    [
      'a folder is gone',
      () => rm(`${root}/node_modules/a`, { recursive: true }),
      /node_modules\/a is missing/,
    ],
    [
      'the lockfile moved on',
      () =>
        write('package-lock.json', {
          packages: { ...packages, 'node_modules/a': { ...a, version: '1.0.1' } },
        }),
      /is 1\.0\.0, not the 1\.0\.1/,
    ],
    [
      'the lockfile has one more',
      () => write('package-lock.json', { packages: { ...packages, 'node_modules/b': a } }),
      /node_modules\/b is missing/,
    ],
    [
      'package.json moved on',
      () => write('package.json', { dependencies: { a: '2.0.0' } }),
      /disagree on dependencies/,
    ],
    ['the lockfile is gone', () => rm(`${root}/package-lock.json`), /package-lock\.json is missing/],
  ])('%s', async (_, change, reason) => {
    await change();
    expect(staleDependencies(root)).toMatch(reason);
  });
});

test('our lockfile names the packages of every platform: `npm ci` refuses one that lacks some', async () => {
  const text = await readFile(path.resolve(import.meta.dirname, '../../package-lock.json'), 'utf8');
  const lock = JSON.parse(text) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const names = new Set(Object.keys(lock.packages).map((place) => place.split('node_modules/').at(-1)));
  const optional = Object.values(lock.packages).flatMap((entry) =>
    Object.keys(entry.optionalDependencies ?? {}),
  );
  expect(
    optional.filter((name) => !names.has(name)),
    'npm leaves out what the registry in use did not give. Run `npm install --package-lock-only` on one that has all.',
  ).toEqual([]);
});
