/**
 * Whether tests notice what is wrong: Stryker changes the gate and admission in thousands of places, and runs the pure
 * tests on each change. A change that no test notices survives.
 *
 *     npm run bench:mutants [-- --json] [-- --only 'loops/gate/patch/*.ts']
 *
 * What is changed, and what is left out and why, stands in `bench/mutants/options.ts`. Writes
 * bench/results/<date>-mutants.json, which lists every survivor, unless only a part was run; exit code 1 when the bar is
 * missed.
 */

import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import picomatch from 'picomatch';
import { MUTATED, NOT_MUTATED, OPTIONS } from './mutants/options.ts';
import { type Mutant, type Part, partsOf, type Score, scoreOf, survivorsOf } from './mutants/score.ts';

/** Of all changes, so many must be noticed. */
const BAR = 0.85;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});

const root = fileURLToPath(new URL('..', import.meta.url));
await measure(options.only);

async function measure(only: string | undefined): Promise<void> {
  const started = performance.now();
  const files = filesToMutate(only);
  if (files.length === 0) throw new RangeError(`--only ${only}: none of the files that are mutated`);
  const parts: Part[] = [];
  for (const [folder, ofFolder] of partsOf(files)) {
    const part = { folder, mutants: await mutate(ofFolder) };
    parts.push(part);
    progress(showPart(part));
  }

  const mutants = parts.flatMap((part) => part.mutants);
  const total = scoreOf(mutants);
  const document = {
    schemaVersion: 1,
    at: new Date().toISOString(),
    node: process.version,
    wallMs: Math.round(performance.now() - started),
    bar: BAR,
    ...total,
    folders: parts.map(({ folder, mutants: own }) => ({ folder, ...scoreOf(own) })),
    survivors: survivorsOf(mutants),
    accepted: total.score >= BAR,
  };
  // A part says nothing of the whole: only that is kept.
  if (only === undefined) {
    const results = path.join(root, 'bench/results');
    await mkdir(results, { recursive: true });
    await writeFile(
      path.join(results, `${document.at.slice(0, 10)}-mutants.json`),
      `${JSON.stringify(document, null, 2)}\n`,
    );
  }
  if (options.json) process.stdout.write(`${JSON.stringify(document)}\n`);
  else {
    if (only !== undefined)
      for (const { file, line, mutator, replacement } of document.survivors)
        process.stdout.write(`${file}:${line} ${mutator}: ${replacement.replaceAll(/\s+/g, ' ')}\n`);
    process.stdout.write('\n');
    for (const part of parts) process.stdout.write(`${showPart(part)}\n`);
    process.stdout.write(
      `\n${document.counts.survived + document.counts.uncovered} survivors, ${Math.round(document.wallMs / 1000)} s\n`,
    );
    const verdict = document.accepted ? 'The bar holds' : 'MISS  The bar is missed';
    process.stdout.write(`${verdict}: ${showScore(total)}, bar ≥ ${percent(BAR)} %.\n`);
  }
  process.exitCode = document.accepted ? 0 : 1;
}

/** From the root. */
function filesToMutate(only: string | undefined): string[] {
  const isMutated = picomatch(MUTATED, { ignore: NOT_MUTATED });
  const isAsked = only === undefined ? () => true : picomatch(only);
  return readdirSync(path.join(root, 'loops'), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join('loops', file))
    .filter((file) => isMutated(file) && isAsked(file))
    .sort();
}

/** A folder at a time: each has its dry run, of the tests that reach it alone, and its figures come early. */
async function mutate(files: readonly string[]): Promise<Mutant[]> {
  process.chdir(root);
  const results = await new Stryker({ ...OPTIONS, mutate: [...files] }).runMutationTest();
  return results.map(({ fileName, location, mutatorName, replacement, status }) => ({
    file: path.relative(root, fileName),
    line: location.start.line,
    mutator: mutatorName,
    replacement,
    status,
  }));
}

function showPart({ folder, mutants }: Part): string {
  const score = scoreOf(mutants);
  return `  ${score.score >= BAR ? 'ok  ' : 'low '} ${folder.padEnd(28)} ${showScore(score)}`;
}

function showScore({ score, scoreWithTexts, counts }: Score): string {
  const all = counts.killed + counts.timeout + counts.survived + counts.uncovered;
  return `${percent(score)} % of ${all} (with texts ${percent(scoreWithTexts)} %)`;
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}

function progress(line: string): void {
  if (!options.json) process.stderr.write(`${line}\n`);
}
