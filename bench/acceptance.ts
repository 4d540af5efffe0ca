// The full counts of the product's bars, one part after the other: npm run acceptance -- [--only PART]… [--seed N]
// [--state DIR of a finished flights loop]. Writes bench/results/<date>-acceptance[-PART…].json; exit code 1 when a bar
// is missed.
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { openPatchedTarget } from '../tests/support/patches/patched-target.ts';
import { REPOSITORY } from '../tests/support/repository.ts';
import { npmStart, parts } from './acceptance-parts.ts';
import type { Finding, FlightsState } from './finding.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1_000_000)) },
    state: { type: 'string' },
  },
});
const names = values.only ?? Object.keys(parts);
const unknown = names.filter((name) => parts[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}

const at = new Date().toISOString();
const { stdout: commit } = await execa('git', ['rev-parse', 'HEAD'], { cwd: REPOSITORY });
// Parts alone take nothing of what a whole run of the same day has written.
const about = ['acceptance', ...(values.only ?? [])].join('-');
const file = path.join(REPOSITORY, 'bench/results', `${at.slice(0, 10)}-${about}.json`);
const folder = await mkdtemp('/tmp/whetstone-acceptance-');
// The embedded database runs as a user of its own.
await chmod(folder, 0o755);
const say = (line: string) => console.error(line);
const results: { part: string; wallMs: number; findings: Finding[] }[] = [];
try {
  for (const name of names) {
    say(`\n== ${name}`);
    const started = performance.now();
    const findings = await runPart(name);
    results.push({ part: name, wallMs: Math.round(performance.now() - started), findings });
    await record();
    for (const { what, figure, bar, met } of findings)
      say(`${met ? 'met   ' : 'MISSED'} ${what}: ${figure} (bar ${bar})`);
  }
} finally {
  for (const state of await readdir(folder)) {
    const words = ['uninstall', '--yes', '--state', path.join(folder, state)];
    await execa(process.execPath, [`${REPOSITORY}/bin/whetstone.mjs`, ...words], { reject: false });
  }
  await rm(folder, { recursive: true, force: true });
}

const missed = results.flatMap(({ findings }) => findings.filter(({ met }) => !met));
say(`\n${missed.length === 0 ? 'Every bar is met' : `${missed.length} bars are missed`}: ${file}`);
process.exitCode = missed.length === 0 ? 0 : 1;

/** After each part, so that a run that is cut off has said what it knows. */
async function record(): Promise<void> {
  const document = {
    at,
    commit,
    seed: Number(values.seed),
    node: process.version,
    cores: cpus().length,
    met: results.length === names.length && results.every(({ findings }) => findings.every(({ met }) => met)),
    parts: results,
  };
  await writeFile(file, `${JSON.stringify(document, null, 2)}\n`);
}

/** A part that ends in an error has missed its bars; the others still run. */
async function runPart(name: string): Promise<Finding[]> {
  try {
    return (await parts[name]?.({ folder, seed: Number(values.seed), flights: flightsState, say })) ?? [];
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [{ what: `${name} ran to its end`, figure: 0, bar: '1', met: false, detail: [detail] }];
  }
}

/** The finished loop of `--state`, of the part `start`, or one that is run now. */
async function flightsState(): Promise<FlightsState> {
  const stateDirectory = values.state ?? path.join(folder, 'flights');
  if (!existsSync(stateDirectory)) await npmStart(stateDirectory);
  const configPath = path.join(stateDirectory, 'targets/flights/whetstone.config.ts');
  const { accepted } = await openPatchedTarget(configPath);
  return { stateDirectory, configPath, branches: accepted.map(({ id }) => `whetstone/${id}`) };
}
