/**
 * How often the gate is wrong, and what it saves: the table "What must hold", measured again by simulation.
 *
 *     npm run bench:gate [-- --json] [-- --seed 1] [-- --replicates 4000]
 *
 * The rules under test are the real ones (`loops/gate/protocol`, `loops/gate/speed.ts`); what is simulated is the truth
 * that they cannot see: pass probabilities, effects, noise. The same seed and replicates give the same figures. Writes
 * bench/results/<date>-gate.json; exit code 1 when a bar is missed.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bar, Counts, Figure, Finding } from './gate/experiment.ts';
import { experiments, type Job } from './gate/experiments.ts';
import { shareJobs } from './gate/share-jobs.ts';

/** Pieces of an experiment, so that the threads end at about the same time. */
const PIECES = 20;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    replicates: { type: 'string', default: '4000' },
  },
});

await measure(Number(options.seed), Number(options.replicates));

async function measure(seed: number, replicates: number): Promise<void> {
  if (!Number.isInteger(seed) || !Number.isInteger(replicates) || replicates < 1) {
    throw new RangeError(
      `--seed ${options.seed} --replicates ${options.replicates}: whole numbers are expected`,
    );
  }
  const started = performance.now();
  const runs = experiments.map((experiment) => ({
    experiment,
    replicates: Math.max(1, Math.round(replicates * experiment.effort)),
    counts: {} as Counts,
    ms: 0,
  }));
  const jobs = runs.flatMap(({ experiment, replicates: all }): Job[] => {
    const size = Math.ceil(all / PIECES);
    return Array.from({ length: Math.ceil(all / size) }, (_, piece) => ({
      experiment: experiment.name,
      seed,
      from: piece * size,
      to: Math.min(all, (piece + 1) * size),
    }));
  });
  let answered = 0;
  await shareJobs(jobs, Math.min(2, availableParallelism()), (job, counts) => {
    const run = runs.find(({ experiment }) => experiment.name === job.experiment);
    if (run === undefined) throw new Error(`an answer to nothing: ${job.experiment}`);
    for (const [key, count] of Object.entries(counts)) run.counts[key] = (run.counts[key] ?? 0) + count;
    answered++;
    if (answered % PIECES === 0) progress(`${answered} of ${jobs.length} pieces`);
  });

  const findings = runs.flatMap(({ experiment, counts, replicates: count }) =>
    experiment
      .findings(counts, count)
      .map((found) => ({ ...found, experiment: experiment.name, replicates: count })),
  );
  const missed = findings.filter(({ holds }) => holds === false);
  const barred = findings.filter(({ holds }) => holds !== null).length;
  const document = {
    schemaVersion: 1,
    at: new Date().toISOString(),
    node: process.version,
    seed,
    replicates,
    wallMs: Math.round(performance.now() - started),
    findings,
    accepted: missed.length === 0,
  };
  const results = fileURLToPath(new URL('./results/', import.meta.url));
  await mkdir(results, { recursive: true });
  await writeFile(
    join(results, `${document.at.slice(0, 10)}-gate.json`),
    `${JSON.stringify(document, null, 2)}\n`,
  );
  if (options.json) process.stdout.write(`${JSON.stringify(document)}\n`);
  else {
    print(findings);
    process.stdout.write(
      `\nseed ${seed}, ${replicates} replicates (more or fewer where a line says so), ${Math.round(document.wallMs / 1000)} s\n`,
    );
    for (const { section, what } of missed) process.stdout.write(`MISS  ${section}: ${what}\n`);
    process.stdout.write(
      missed.length === 0
        ? `Every bar holds (${barred} of them).\n`
        : `${missed.length} of ${barred} bars are missed.\n`,
    );
  }
  process.exitCode = missed.length === 0 ? 0 : 1;
}

/** Lines by section, in the order in which sections first appear. */
function print(findings: readonly Finding[]): void {
  for (const section of new Set(findings.map((found) => found.section))) {
    process.stdout.write(`\n${section}\n`);
    for (const { what, figures, bar, holds } of findings.filter((found) => found.section === section)) {
      const mark = holds === null ? '    ' : holds ? 'ok  ' : 'MISS';
      const shown = figures.map(showFigure).join('  ');
      process.stdout.write(
        `  ${mark} ${what.padEnd(66)} ${shown}${bar === null ? '' : `   bar ${showBar(bar)}`}\n`,
      );
    }
  }
}

function showFigure({ label, value, unit, interval }: Figure): string {
  const figure = unit === '%' ? `${percent(value)} %` : value.toFixed(1);
  const range = interval === null ? '' : ` (${percent(interval[0])}–${percent(interval[1])})`;
  return `${label === '' ? '' : `${label}: `}${figure}${range}`;
}

function showBar({ most, least }: Bar): string {
  return most === undefined ? `≥ ${percent(least ?? 0)} %` : `≤ ${percent(most)} %`;
}

function percent(value: number): string {
  return (value * 100).toFixed(value < 0.1 ? 2 : 1);
}

function progress(line: string): void {
  if (!options.json) process.stderr.write(`${line}\n`);
}
