/**
 * Whether tests notice what is wrong: Stryker changes the gate and admission in thousands of places, and runs the pure
 * tests on each change. A change that no test notices survives.
 *
 *     npm run bench:mutants [-- --json] [-- --only 'loops/gate/patch/*.ts']
 *
 * What is changed, and what is left out and why, stands in `bench/mutants/options.ts`. Writes each folder into
 * bench/results/<date>-mutants.json when it is done, with every survivor; with `--only` the file's other folders stay, and
 * a part of a folder is printed alone. Exit code 1 when the bar is missed by what was run.
 */

import { readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import picomatch from 'picomatch';
import { MUTATED, NOT_MUTATED, OPTIONS } from './mutants/options.ts';
import { type FolderResult, type Mutant, resultOf, type Score, total } from './mutants/score.ts';

/** Of all changes, so many must be noticed. */
const BAR = 0.85;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});

const root = fileURLToPath(new URL('..', import.meta.url));
const results = path.join(root, 'bench/results');

await measure(options.only);

async function measure(only: string | undefined): Promise<void> {
  const all = byFolder(filesToMutate());
  const asked = byFolder(filesToMutate(only));
  if (asked.size === 0) throw new RangeError(`--only ${only}: none of the files that are mutated`);
  const today = path.join(results, `${new Date().toISOString().slice(0, 10)}-mutants.json`);
  const kept = only === undefined ? [] : await readFolders(today);
  const measured: FolderResult[] = [];
  for (const [folder, files] of asked) {
    const started = performance.now();
    const mutants = await mutate(files);
    const result = resultOf(folder, mutants, Math.round(performance.now() - started));
    measured.push(result);
    progress(showFolder(result));
    if (files.length < (all.get(folder)?.length ?? 0)) continue;
    const others = [...kept, ...measured].filter((one) => one !== result && one.folder !== folder);
    await write(today, [...others, result], [...all.keys()]);
  }

  const { score } = total(measured);
  const accepted = score >= BAR;
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ ...total(measured), folders: measured, bar: BAR, accepted })}\n`,
    );
  } else {
    for (const { file, line, mutator, replacement } of measured.flatMap(({ survivors }) => survivors))
      if (only !== undefined)
        process.stdout.write(`${file}:${line} ${mutator}: ${replacement.replaceAll(/\s+/g, ' ')}\n`);
    process.stdout.write('\n');
    for (const result of measured) process.stdout.write(`${showFolder(result)}\n`);
    const verdict = accepted ? 'The bar holds' : 'MISS  The bar is missed';
    process.stdout.write(`\n${verdict}: ${showScore(total(measured))}, bar ≥ ${percent(BAR)} %.\n`);
  }
  process.exitCode = accepted ? 0 : 1;
}

/** From the root. */
function filesToMutate(only?: string): string[] {
  const isMutated = picomatch(MUTATED, { ignore: NOT_MUTATED });
  const isAsked = only === undefined ? () => true : picomatch(only);
  return readdirSync(path.join(root, 'loops'), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join('loops', file))
    .filter((file) => isMutated(file) && isAsked(file))
    .sort();
}

function byFolder(files: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const file of files) {
    const folder = path.posix.dirname(file);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return folders;
}

/** A folder at a time: each has its dry run, of the tests that reach it alone, and its figures come early. */
async function mutate(files: readonly string[]): Promise<Mutant[]> {
  process.chdir(root);
  const mutants = await new Stryker({ ...OPTIONS, mutate: [...files] }).runMutationTest();
  return mutants.map(({ fileName, location, mutatorName, replacement, status }) => ({
    file: path.relative(root, fileName),
    line: location.start.line,
    mutator: mutatorName,
    replacement,
    status,
  }));
}

/** What an earlier run of the same day wrote. */
async function readFolders(file: string): Promise<FolderResult[]> {
  try {
    return (JSON.parse(await readFile(file, 'utf8')) as { folders: FolderResult[] }).folders;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function write(
  file: string,
  folders: readonly FolderResult[],
  expected: readonly string[],
): Promise<void> {
  const missing = expected.filter((folder) => !folders.some((one) => one.folder === folder));
  const score = total(folders);
  const document = {
    schemaVersion: 1,
    at: new Date().toISOString(),
    node: process.version,
    bar: BAR,
    ...score,
    missing,
    folders: folders.toSorted((a, b) => a.folder.localeCompare(b.folder)),
    accepted: missing.length === 0 && score.score >= BAR,
  };
  await mkdir(results, { recursive: true });
  await writeFile(file, `${JSON.stringify(document, null, 2)}\n`);
}

function showFolder(result: FolderResult): string {
  const mark = result.score >= BAR ? 'ok  ' : 'low ';
  return `  ${mark} ${result.folder.padEnd(28)} ${showScore(result)}, ${Math.round(result.wallMs / 1000)} s`;
}

function showScore({ score, scoreWithTexts, counts }: Score): string {
  const all = counts.killed + counts.timeout + counts.survived + counts.uncovered;
  return `${percent(score)} % of ${all} noticed (with texts ${percent(scoreWithTexts)} %)`;
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}

function progress(line: string): void {
  if (!options.json) process.stderr.write(`${line}\n`);
}
