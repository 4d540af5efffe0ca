import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Engine } from '../../sandboxes/engine/engine.ts';
import { openTrials } from '../../sandboxes/trials/open-trials.ts';
import type { Job, TrialRunner } from '../../sandboxes/trials/trial.ts';
import { atLeast, atMost, type Finding } from '../finding.ts';
import { floorContainer, oneShot } from './floor.ts';

export interface Bench {
  engine: Engine;
  image: string;
  rounds: number;
  say: (line: string) => void;
}

const TRUE: Job = { command: ['true'], timeoutMs: 30_000 };
const NODE: Job = { command: ['node', '-e', '0'], timeoutMs: 30_000 };
const CONCURRENCY = 4;

/** Floor and ours in turns, so that a slow minute of the machine slows both. */
export async function speed(bench: Bench): Promise<Finding[]> {
  return [
    ...(await latency(bench)),
    ...(await throughput(bench, 'true', TRUE)),
    ...(await throughput(bench, 'node -e 0', NODE)),
    ...(await idlePool(bench)),
  ];
}

async function latency({ engine, image, rounds, say }: Bench): Promise<Finding[]> {
  const files = await smallFiles(1_000);
  await using warm = runner(engine, image, 1, 2);
  await using cold = runner(engine, image, 1, 0);
  const taken = {
    floor: [] as number[],
    pooled: [] as number[],
    floorFiles: [] as number[],
    pooledFiles: [] as number[],
    oneShot: [] as number[],
    cold: [] as number[],
  };
  for (let round = 0; round <= rounds; round++) {
    // Containers are made and gone between two measurements, not beside them.
    for (const [key, packed] of [
      ['floor', undefined],
      ['floorFiles', files],
    ] as const) {
      const container = await floorContainer(engine, image);
      await sleep(300);
      taken[key].push(await container.run('true', packed));
      await container.remove();
      await sleep(100);
      const job = packed ? { ...TRUE, files: packed } : TRUE;
      taken[packed ? 'pooledFiles' : 'pooled'].push(await timed(warm, job));
      await sleep(600);
    }
    const { wallMs, gone } = await oneShot(engine, image, ['true']);
    taken.oneShot.push(wallMs);
    await gone;
    await sleep(200);
    taken.cold.push(await timed(cold, TRUE));
    await sleep(300);
    // The first of each warms up.
    if (round === 0) for (const all of Object.values(taken)) all.length = 0;
    else if (round % 10 === 0) say(`latency: ${round} of ${rounds} rounds`);
  }
  return [
    ratio('pooled latency ÷ attached-stdin floor', taken.pooled, taken.floor, 2),
    ratio('1,000 small files: pooled ÷ stdin floor', taken.pooledFiles, taken.floorFiles, 2),
    ratio('cold to result ÷ one-shot container', taken.cold, taken.oneShot, 1.2),
  ];
}

async function throughput({ engine, image, rounds, say }: Bench, name: string, job: Job): Promise<Finding[]> {
  const jobs = Math.max(20, rounds);
  const floor = new Map<number, number[]>();
  const ours: number[] = [];
  await using warm = runner(engine, image, CONCURRENCY, 2 * CONCURRENCY);
  for (let round = 0; round < 3; round++) {
    for (const concurrency of [1, 2, 4, 8]) {
      const perMinute = await rate(jobs, concurrency, async () => {
        const { gone } = await oneShot(engine, image, [...job.command]);
        return gone;
      });
      floor.set(concurrency, [...(floor.get(concurrency) ?? []), perMinute]);
      await sleep(500);
    }
    // What is in store is used up first, so that it is the making of containers that is measured.
    await rate(3 * CONCURRENCY, CONCURRENCY, () => evaluate(warm, job));
    ours.push(await rate(jobs, CONCURRENCY, () => evaluate(warm, job)));
    await sleep(1_000);
    say(`throughput of ${name}: ${round + 1} of 3 rounds`);
  }
  const best = Math.max(...[...floor.values()].map(median));
  return [
    {
      ...atLeast(`${name}: evals a minute ÷ one-shot's best`, round2(median(ours) / best), 0.8),
      detail: [
        `ours ${Math.round(median(ours))} a minute at ${CONCURRENCY} at once; one-shot ${[...floor].map(([at, rates]) => `${Math.round(median(rates))} at ${at}`).join(', ')}`,
      ],
    },
  ];
}

async function idlePool({ engine, image, say }: Bench): Promise<Finding[]> {
  await using warm = runner(engine, image, CONCURRENCY, 2 * CONCURRENCY);
  await timed(warm, TRUE);
  await sleep(5_000);
  const containers = await engine.docker.listContainers({
    filters: { label: [`dev.whetstone.owner=${engine.owner}`] },
  });
  const usage = async () =>
    await Promise.all(
      containers.map(async ({ Id }) => {
        const stats = await engine.docker.getContainer(Id).stats({ stream: false });
        return { memory: stats.memory_stats.usage, cpu: stats.cpu_stats.cpu_usage.total_usage };
      }),
    );
  const started = performance.now();
  const first = await usage();
  await sleep(10_000);
  const second = await usage();
  const wallMs = performance.now() - started;
  const memory = second.reduce((sum, one) => sum + one.memory, 0);
  const cpu = second.reduce((sum, { cpu: now }, at) => sum + now - (first[at]?.cpu ?? now), 0) / 1e6;
  const shims = await shimBytes(containers.map(({ Id }) => Id));
  say('pool at rest measured');
  const what = `a pool of ${containers.length} at rest`;
  return [
    note(`${what}: memory in its containers, MB each`, memory / containers.length / 2 ** 20),
    note(`${what}: memory of containerd's shims on the host, MB each`, shims / containers.length / 2 ** 20),
    note(`${what}: CPU, % of one`, (100 * cpu) / wallMs),
  ];
}

/** Resident bytes of the processes on this host that hold the containers. */
async function shimBytes(ids: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!command.includes('containerd-shim') || !ids.some((id) => command.includes(id))) continue;
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    bytes += 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  }
  return bytes;
}

function runner(engine: Engine, image: string, concurrency: number, spare: number): TrialRunner {
  return openTrials(engine, { image, purpose: 'bench', concurrency, spare });
}

async function timed(trials: TrialRunner, job: Job): Promise<number> {
  const started = performance.now();
  await evaluate(trials, job);
  return performance.now() - started;
}

async function evaluate(trials: TrialRunner, job: Job): Promise<void> {
  const { outcome, exitCode, stderr } = await trials.run(job);
  if (outcome !== 'completed' || exitCode !== 0)
    throw new Error(`a trial ended ${outcome} ${exitCode}: ${stderr.toString()}`);
}

/** How many a minute, at so many at once. What a job leaves to be done is done within its time. */
async function rate(jobs: number, concurrency: number, job: () => Promise<unknown>): Promise<number> {
  let left = jobs;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left-- > 0) await job();
    }),
  );
  return (60_000 * jobs) / (performance.now() - started);
}

async function smallFiles(count: number): Promise<Buffer> {
  const script = `d=$(mktemp -d); cd $d; for i in $(seq ${count}); do mkdir -p d$((i % 20)); echo "file $i of many small ones" > d$((i % 20))/$i; done; tar -c .; rm -r $d`;
  const { stdout } = await execa('sh', ['-c', script], { encoding: 'buffer' });
  return Buffer.from(stdout);
}

function ratio(what: string, ours: readonly number[], floor: readonly number[], bar: number): Finding {
  const show = (all: readonly number[]) => `${median(all).toFixed(1)} / ${quantile(all, 0.95).toFixed(1)}`;
  return atMost(what, round2(median(ours) / median(floor)), bar, [
    `ours ${show(ours)} ms, floor ${show(floor)} ms (median / p95 of ${ours.length})`,
  ]);
}

/** A figure without a bar. */
function note(what: string, figure: number): Finding {
  return { what, figure: round2(figure), bar: '', met: true };
}

const round2 = (value: number): number => Math.round(value * 100) / 100;
const median = (values: readonly number[]): number => quantile(values, 0.5);

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
