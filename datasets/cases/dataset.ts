import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { Fault } from '../fault.ts';
import { sha256 } from '../sha256.ts';
import { Split } from './case.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** `dataset.json`: an immutable version of a named set of cases. */
export const Dataset = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.string(),
  version: z.int().positive(),
  /** GUID in every text file for people, that makes leakage findable. */
  canary: z.uuid(),
  frozenAt: z.iso.datetime(),
  cases: z.array(
    z.strictObject({
      id: z.string(),
      split: Split,
      sha256: Sha256,
      files: z.record(z.string(), Sha256),
      note: z.string().optional(),
    }),
  ),
  /** SHA-256 over name, version, canary, time and each case's id, split, sha256 and note, in the order of the ids. */
  sha256: Sha256,
});
export type Dataset = z.infer<typeof Dataset>;

export interface DraftCase {
  id: string;
  split: Split;
  note?: string;
  /** Writes the case's files below the folder that it is given. */
  write: (folder: string) => Promise<void>;
}

/**
 * Freezes cases as the next version below `root` (`root/v<N>/`). The version appears by one rename: a freeze that is
 * killed leaves the old versions whole and nothing that looks like a new one.
 */
export async function freezeDataset(
  root: string,
  options: { name: string; canary: string; cases: readonly DraftCase[]; now: Date },
): Promise<Dataset> {
  await mkdir(root, { recursive: true });
  await removeUnfinished(root);
  const version = Math.max(0, ...(await listVersions(root))) + 1;
  const draft = path.join(root, `.freezing-${process.pid}-${randomUUID()}`);
  const cases: Dataset['cases'] = [];
  for (const { id, split, note, write } of [...options.cases].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const folder = path.join(draft, 'cases', id);
    await mkdir(folder, { recursive: true });
    await write(folder);
    const files = await hashFiles(folder);
    const odd = Object.keys(files).find((file) => !Sha256.safeParse(files[file]).success);
    if (odd !== undefined) throw new Error(`${id} has ${files[odd]} at ${odd}: a case is made of files`);
    cases.push({ id, split, sha256: hashCase(files), files, ...(note === undefined ? {} : { note }) });
  }
  const frozenAt = options.now.toISOString();
  const unsigned = { name: options.name, version, canary: options.canary, frozenAt, cases };
  const dataset: Dataset = { schemaVersion: 1, ...unsigned, sha256: hashDataset(unsigned) };
  await mkdir(draft, { recursive: true });
  await writeFile(path.join(draft, 'dataset.json'), textOf(dataset));
  await rename(draft, path.join(root, `v${version}`));
  return dataset;
}

/** Version numbers that are frozen below a root, ascending. */
export async function listVersions(root: string): Promise<number[]> {
  const names = await readdir(root).catch(() => [] as string[]);
  return names
    .filter((name) => /^v\d+$/.test(name))
    .map((name) => Number(name.slice(1)))
    .sort((a, b) => a - b);
}

export async function readDataset(root: string, version: number): Promise<Dataset> {
  const file = path.join(root, `v${version}`, 'dataset.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const versions = await listVersions(root);
    throw new Fault('no-dataset', `there is no dataset at ${file}`, {
      hint:
        versions.length > 0
          ? `versions there: ${versions.map((n) => `v${n}`).join(', ')}`
          : 'make one with `whetstone mine` or `whetstone loop`',
      cause,
    });
  }
  try {
    return Dataset.parse(JSON.parse(text));
  } catch (cause) {
    throw new Fault('broken-dataset', `${file} is not a dataset`, {
      hint: 'a frozen dataset must not be edited: restore it from its git repository',
      cause,
    });
  }
}

export interface Finding {
  case: string;
  path: string;
  problem: string;
}

/** Every byte that is not as it was frozen, by case and path; an empty list when all is whole. */
export async function verifyDataset(root: string, version: number): Promise<Finding[]> {
  const dataset = await readDataset(root, version);
  const findings: Finding[] = [];
  const whole = path.join(root, `v${version}`);
  const folder = path.join(whole, 'cases');
  for (const { id, sha256: frozen, files } of dataset.cases) {
    const now = await hashFiles(path.join(folder, id));
    for (const [file, hash] of Object.entries(files)) {
      if (now[file] === undefined) findings.push({ case: id, path: file, problem: 'missing' });
      else if (now[file] !== hash) findings.push({ case: id, path: file, problem: 'changed' });
    }
    for (const file of Object.keys(now)) {
      if (!Object.hasOwn(files, file)) findings.push({ case: id, path: file, problem: 'added' });
    }
    if (hashCase(files) !== frozen)
      findings.push({ case: id, path: 'dataset.json', problem: 'the hashes of its files were edited' });
  }
  const places = [
    ...dataset.cases.map(({ id }) => ({ case: id, path: '', place: path.join(folder, id) })),
    { case: '', path: '', place: whole },
    { case: '', path: 'cases', place: folder },
  ];
  for (const { place, ...named } of places)
    if ((await lstat(place).catch(() => undefined))?.isSymbolicLink())
      findings.push({ ...named, problem: 'a link in place of a folder' });
  const known = new Set(dataset.cases.map(({ id }) => id));
  for (const name of await readdir(folder).catch(() => [] as string[])) {
    if (!known.has(name)) findings.push({ case: name, path: '', problem: 'added' });
  }
  for (const name of await readdir(whole)) {
    if (name !== 'cases' && name !== 'dataset.json')
      findings.push({ case: '', path: name, problem: 'added' });
  }
  const text = await readFile(path.join(whole, 'dataset.json'), 'utf8');
  if (hashDataset(dataset) !== dataset.sha256 || text !== textOf(dataset) || dataset.version !== version)
    findings.push({ case: '', path: 'dataset.json', problem: 'changed' });
  return findings;
}

/** A byte more or less between its values is a change as well. */
const textOf = (dataset: Dataset): string => `${JSON.stringify(dataset, null, 2)}\n`;

async function hashFiles(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  const names = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
  for (const name of names.sort()) {
    const file = path.join(folder, name);
    const found = await lstat(file);
    // What a link leads to is no part of a dataset.
    if (found.isSymbolicLink()) hashes[name] = `a link to ${await readlink(file)}`;
    else if (found.isFile()) hashes[name] = sha256(await readFile(file));
    else if (!found.isDirectory()) hashes[name] = 'neither a file nor a folder';
    else if ((await readdir(file)).length === 0) hashes[name] = 'an empty folder';
  }
  return hashes;
}

const hashCase = (files: Record<string, string>): string =>
  sha256(JSON.stringify(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))));

const hashDataset = ({
  name,
  version,
  canary,
  frozenAt,
  cases,
}: Omit<Dataset, 'schemaVersion' | 'sha256'>): string =>
  sha256(
    JSON.stringify([
      name,
      version,
      canary,
      frozenAt,
      cases.map((one) => [one.id, one.split, one.sha256, one.note ?? '']),
    ]),
  );

/** What a freeze that was killed left behind, but not one that another live process is writing. */
async function removeUnfinished(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = /^\.freezing-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(path.join(root, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
