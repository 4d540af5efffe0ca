import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DraftCase, freezeDataset, listVersions, readDataset, verifyDataset } from './dataset.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'whetstone-dataset-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const canary = '0f9f2b6e-5f0c-4b50-9d8e-0d9d8f4c2a11';
const draft = (id: string, text = id): DraftCase => ({
  id,
  split: 'dev',
  write: async (folder) => {
    await mkdir(path.join(folder, 'tests'));
    await writeFile(path.join(folder, 'instruction.md'), text);
    await writeFile(path.join(folder, 'tests', 'variants.json'), '{}\n');
  },
});
const freeze = (cases: DraftCase[]) =>
  freezeDataset(root, { name: 'example', canary, cases, now: new Date(0) });

test('versions count up, and what was frozen reads back whole', async () => {
  const first = await freeze([draft('b'), draft('a')]);
  const second = await freeze([draft('a')]);
  expect([first.version, second.version]).toEqual([1, 2]);
  expect(first.cases.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(await readDataset(root, 1)).toEqual(first);
  expect(await verifyDataset(root, 1)).toEqual([]);
  expect(await listVersions(root)).toEqual([1, 2]);
});

test('the hash depends on every byte and on nothing else', async () => {
  const one = await freeze([draft('a'), draft('b')]);
  const two = await freeze([draft('b'), draft('a')]);
  const other = await freeze([draft('a'), draft('b', 'other')]);
  expect(two.cases).toEqual(one.cases);
  expect(other.sha256).not.toBe(one.sha256);
  expect(two.sha256).not.toBe(one.sha256);
});

test.each([
  [
    'changed',
    (folder: string) => writeFile(path.join(folder, 'tests', 'variants.json'), '{} \n'),
    'tests/variants.json',
  ],
  ['missing', (folder: string) => rm(path.join(folder, 'instruction.md')), 'instruction.md'],
  ['added', (folder: string) => writeFile(path.join(folder, 'notes.md'), ''), 'notes.md'],
  ['added', (folder: string) => mkdir(path.join(folder, 'notes')), 'notes'],
  ['added', (folder: string) => execa('mkfifo', [path.join(folder, 'pipe')]), 'pipe'],
])('a file that was %s is named', async (problem, spoil, file) => {
  await freeze([draft('a')]);
  await spoil(path.join(root, 'v1', 'cases', 'a'));
  expect(await verifyDataset(root, 1)).toEqual([{ case: 'a', path: file, problem }]);
});

test.each([
  ['v1/cases/a', { case: 'a', path: '' }],
  ['v1/cases', { case: '', path: 'cases' }],
  ['v1', { case: '', path: '' }],
])('a link in place of %s is named, though all that it leads to is right', async (place, named) => {
  await freeze([draft('a')]);
  await rename(path.join(root, place), path.join(root, 'elsewhere'));
  await symlink(path.join(root, 'elsewhere'), path.join(root, place));
  expect(await verifyDataset(root, 1)).toEqual([{ ...named, problem: 'a link in place of a folder' }]);
});

/** All files of a version, from its root. */
async function filesOf(version: string): Promise<string[]> {
  const found = await readdir(version, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(version, path.join(entry.parentPath, entry.name)));
}

test('any byte of any file that is another one is found and named', async () => {
  await freeze([draft('a', 'Mend it: \u2713\n'), draft('b')]);
  const version = path.join(root, 'v1');
  const files = await filesOf(version);
  expect(files).toHaveLength(5);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (file, at, flip) => {
        const place = path.join(version, file);
        const bytes = await readFile(place);
        const changed = Buffer.from(bytes);
        changed[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip;
        await writeFile(place, changed);
        try {
          // A dataset.json that is none any more is an error of its own, which names the file.
          const findings = await verifyDataset(root, 1).catch((error: Error) => [error.message]);
          expect(JSON.stringify(findings)).toContain(path.basename(file));
        } finally {
          await writeFile(place, bytes);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(await verifyDataset(root, 1)).toEqual([]);
});

test('a link in the place of a file, and what lies beside the cases, is named', async () => {
  await freeze([draft('a')]);
  const place = path.join(root, 'v1', 'cases', 'a', 'instruction.md');
  const outside = path.join(root, 'same.md');
  await writeFile(outside, await readFile(place));
  await rm(place);
  await symlink(outside, place);
  await writeFile(path.join(root, 'v1', 'notes.md'), '');
  expect(await verifyDataset(root, 1)).toEqual([
    { case: 'a', path: 'instruction.md', problem: 'changed' },
    { case: '', path: 'notes.md', problem: 'added' },
  ]);
});

test('an edited hash does not hide a change', async () => {
  await freeze([draft('a')]);
  const file = path.join(root, 'v1', 'dataset.json');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/"instruction.md": "[0-9a-f]{8}/, '"instruction.md": "00000000'));
  const findings = await verifyDataset(root, 1);
  expect(findings.map(({ path: where }) => where)).toContain('dataset.json');
});

test.each([
  ['an empty folder', (folder: string) => mkdir(path.join(folder, 'notes'))],
  ['a link to /etc/hostname', (folder: string) => symlink('/etc/hostname', path.join(folder, 'notes'))],
])('no case is frozen with %s', async (what, add) => {
  const odd: DraftCase = { ...draft('a'), write: async (folder) => void (await add(folder)) };
  await expect(freeze([odd])).rejects.toThrow(`a has ${what} at notes`);
  expect(await listVersions(root)).toEqual([]);
});

test('a freeze that fails leaves the old version and nothing that looks like a new one', async () => {
  await freeze([draft('a')]);
  const broken: DraftCase = { ...draft('b'), write: () => Promise.reject(new Error('disk full')) };
  await expect(freeze([broken])).rejects.toThrow('disk full');
  expect(await listVersions(root)).toEqual([1]);
  expect(await verifyDataset(root, 1)).toEqual([]);
});
