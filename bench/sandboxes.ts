/**
 * What a sandbox costs beside the floor, whether it holds out, and what killed controllers leave.
 *
 *     npm run bench:sandboxes [-- --json] [-- --only speed|endurance|chaos|runtimes] [-- --rounds 40] [-- --trials 2000] [-- --kills 100]
 *
 * Floor and ours are measured in turns in one run, and the bars are on their ratios. Needs the images of `whetstone setup`.
 * Writes bench/results/<date>-sandboxes.json; exit code 1 when a bar is missed.
 */

import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connectEngine } from '../sandboxes/engine/engine.ts';
import { ensureImage } from '../sandboxes/images/ensure-image.ts';
import { node } from '../sandboxes/images/node.ts';
import { reap } from '../sandboxes/reap.ts';
import type { Finding } from './finding.ts';
import { chaos } from './sandboxes/chaos.ts';
import { ENDURED, endurance } from './sandboxes/endurance.ts';
import { runtimes } from './sandboxes/runtimes.ts';
import { type Bench, speed } from './sandboxes/speed.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string', default: '40' },
    trials: { type: 'string', default: String(ENDURED) },
    kills: { type: 'string', default: '100' },
  },
});

const parts = {
  speed,
  endurance: (bench: Bench) => endurance(bench, Number(options.trials)),
  chaos: (bench: Bench) => chaos(bench, Number(options.kills)),
  runtimes,
};

const { only } = options;
const asked = Object.entries(parts).filter(([name]) => only === undefined || name === only);
if (asked.length === 0) throw new RangeError(`--only ${only}: it is one of ${Object.keys(parts).join(', ')}`);

const say = (line: string) => {
  if (!options.json) process.stderr.write(`${line}\n`);
};
const engine = await connectEngine({ owner: `bench-${randomUUID()}` });
const image = await ensureImage({ ...engine, owner: 'default' }, node, { progress: say });
const findings: (Finding & { part: string })[] = [];
try {
  for (const [part, measure] of asked) {
    const found = await measure({ engine, image, rounds: Number(options.rounds), say });
    findings.push(...found.map((one) => ({ ...one, part })));
  }
} finally {
  await reap(engine, { owner: engine.owner, all: true });
}
const missed = findings.filter(({ met }) => !met);
const document = {
  schemaVersion: 1,
  at: new Date().toISOString(),
  node: process.version,
  engine: engine.version,
  cpus: engine.cpus,
  findings,
  accepted: missed.length === 0,
};
const results = fileURLToPath(new URL('./results/', import.meta.url));
await mkdir(results, { recursive: true });
const suffix = only === undefined ? '' : `-${only}`;
await writeFile(
  `${results}/${document.at.slice(0, 10)}-sandboxes${suffix}.json`,
  `${JSON.stringify(document, null, 2)}\n`,
);
if (options.json) process.stdout.write(`${JSON.stringify(document)}\n`);
else {
  for (const { what, figure, bar, met, detail = [] } of findings) {
    const mark = bar === '' ? '    ' : met ? 'ok  ' : 'MISS';
    process.stdout.write(`  ${mark} ${what.padEnd(66)} ${figure}${bar === '' ? '' : `   bar ${bar}`}\n`);
    for (const line of detail) process.stdout.write(`         ${line}\n`);
  }
  process.stdout.write(
    missed.length === 0 ? '\nEvery bar holds.\n' : `\n${missed.length} bars are missed.\n`,
  );
}
process.exitCode = missed.length === 0 ? 0 : 1;
