// Runs inside the sandbox with tsx: one JSON job on stdin, one JSON line on stdout (see runner/job.ts). The module is a
// query that left PostgreSQL; its store lies in a folder that goes when the run is over.
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { rowDigest, SHIPPED_BYTES } from './row-digest.mjs';

const job = JSON.parse(await text(process.stdin));
const here = fileURLToPath(new URL('.', import.meta.url));
const folder = await mkdtemp(join(process.env.STORE_DIR, 'explorer-'));
let shippedBytes = 0;
const finding = { id: job.id, buildMs: null, storageBytes: null, times: [], costs: [] };
// The server writes here too, and it may be another user.
await chmod(folder, 0o777);

const db = {
  storeDir: folder,
  async connect() {
    const client = new pg.Client({ types: { getTypeParser: () => (value) => value } });
    await client.connect();
    return client;
  },
};

async function bytesBelow(path) {
  const facts = await stat(path);
  if (!facts.isDirectory()) return facts.size;
  let sum = 0;
  for (const entry of await readdir(path)) sum += await bytesBelow(join(path, entry));
  return sum;
}

/** A run that does not end in time leaves a query behind that nothing can stop but the end of the process. */
function within(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error(`cut at ${ms} ms`), { late: true })), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function timed(run, params) {
  const from = performance.now();
  const result = await within(job.cutMs, run(params, db));
  return { ms: performance.now() - from, result };
}

async function tryModule() {
  const path = join(here, `explorer-module-${job.id}.ts`);
  await writeFile(path, job.source);
  const { build, run } = await import(pathToFileURL(path).href);
  const from = performance.now();
  await within(job.buildLimitMs, build(db));
  finding.buildMs = performance.now() - from;
  finding.storageBytes = await bytesBelow(folder);
  const differing = [];
  for (const [set, params] of job.paramSets.entries()) {
    const { ms, result } = await timed(run, params);
    finding.times.push([ms]);
    const seen = rowDigest(result, job.ordered);
    if (seen === job.digests[set] || job.accept.includes(seen)) continue;
    shippedBytes += JSON.stringify(result.rows).length;
    differing.push({
      set,
      digest: seen,
      rowCount: result.rows.length,
      result: shippedBytes < SHIPPED_BYTES ? result : null,
    });
  }
  for (let round = 1; round < job.runs; round += 1) {
    for (const [set, params] of job.paramSets.entries())
      finding.times[set].push((await timed(run, params)).ms);
    const slowest = Math.max(...finding.times.map((ms) => ms[round]));
    if (round === 1 && job.bestMs !== null && slowest > 3 * Math.max(job.bestMs, job.floorMs)) {
      return { state: 'stopped', message: 'over 3× the best' };
    }
  }
  // Building twice would cost more than the timed runs: the host drops the times where it finds the rows unequal.
  return differing.length > 0 ? { state: 'differs', differing } : { state: 'ok' };
}

let outcome;
try {
  outcome = await tryModule();
} catch (error) {
  const building = finding.buildMs === null;
  outcome = error.late
    ? { state: 'stopped', cut: !building, message: error.message }
    : { state: 'failed', message: error.message };
}
await rm(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify({ ...finding, ...outcome })}\n`, () => process.exit(0));
