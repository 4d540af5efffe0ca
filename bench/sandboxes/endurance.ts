import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTrials } from '../../sandboxes/trials/open-trials.ts';
import type { TrialResult } from '../../sandboxes/trials/trial.ts';
import { atLeast, atMost, type Finding } from '../finding.ts';
import type { Bench } from './speed.ts';

export const ENDURED = 2_000;
const CONCURRENCY = 4;

interface Standing {
  heapMb: number;
  descriptors: number;
  containers: number;
  images: number;
  volumes: number;
  networks: number;
  temporaryFiles: number;
  layerMb: number;
}

/**
 * `count` trials in a row, every other pair of the same case: no growth from the first tenth to the end, and the same case the same result.
 */
export async function endurance({ engine, image, say }: Bench, count: number): Promise<Finding[]> {
  const standing = async (): Promise<Standing> => {
    globalThis.gc?.();
    const label = { label: [`dev.whetstone.owner=${engine.owner}`] };
    const [containers, images, volumes, networks, temporary, usage] = await Promise.all([
      engine.docker.listContainers({ all: true, filters: label }),
      engine.docker.listImages({ all: true }),
      engine.docker.listVolumes(),
      engine.docker.listNetworks(),
      readdir(tmpdir()),
      engine.docker.df() as Promise<{ LayersSize: number }>,
    ]);
    return {
      heapMb: process.memoryUsage().heapUsed / 2 ** 20,
      descriptors: (await readdir('/proc/self/fd')).length,
      containers: containers.length,
      images: images.length,
      volumes: volumes.Volumes.length,
      networks: networks.length,
      temporaryFiles: temporary.filter((name) => name.startsWith('whetstone-')).length,
      layerMb: usage.LayersSize / 2 ** 20,
    };
  };
  const results = new Map<string, number>();
  let early: Standing;
  {
    await using trials = openTrials(engine, { image, purpose: 'bench', concurrency: CONCURRENCY });
    // Drawn anew each time: a case whose answer hangs on its bytes, run as two trials of the same.
    const batch = async (size: number) => {
      for (let done = 0; done < size; done += 2 * CONCURRENCY) {
        await Promise.all(
          Array.from({ length: CONCURRENCY }, async () => {
            const word = randomBytes(8).toString('hex');
            const twice = await Promise.all([trials.run(sameCase(word)), trials.run(sameCase(word))]);
            const same = new Set(twice.map(digest)).size === 1;
            const key = same ? 'same' : `differ: ${twice.map(digest).join(' and ')}`;
            results.set(key, (results.get(key) ?? 0) + 1);
          }),
        );
        if (done % 200 === 0) say(`endurance: ${done} of ${size}`);
      }
    };
    await batch(count / 10);
    await sleep(3_000);
    early = await standing();
    await batch(count - count / 10);
    await sleep(3_000);
    const late = await standing();
    const growth = (key: keyof Standing) => Math.round(10 * (late[key] - early[key])) / 10;
    const pairs = [...results.values()].reduce((sum, times) => sum + times, 0);
    const findings = [
      atLeast(
        `pairs of trials of one case with the same result, of ${pairs}`,
        results.get('same') ?? 0,
        pairs,
      ),
      atMost('growth: heap, MB', growth('heapMb'), 8),
      atMost('growth: file descriptors', growth('descriptors'), 2),
      atMost('growth: containers', growth('containers'), 0),
      atMost(
        'growth: images, volumes, networks',
        growth('images') + growth('volumes') + growth('networks'),
        0,
      ),
      atMost('growth: temporary files', growth('temporaryFiles'), 0),
      atMost("growth: the engine's layers, MB", growth('layerMb'), 1),
    ];
    const differing = [...results.keys()].filter((key) => key !== 'same');
    if (differing.length > 0) findings[0] = { ...(findings[0] as Finding), detail: differing.slice(0, 5) };
    await trials[Symbol.asyncDispose]();
    await sleep(1_000);
    return [...findings, atMost('containers left after its end', (await standing()).containers, 0)];
  }
}

function sameCase(word: string) {
  const script = `const crypto = require('crypto'); let hash = process.argv[1]; for (let at = 0; at < 2000; at++) hash = crypto.createHash('sha256').update(hash).digest('hex');
    console.log(hash); console.error(process.cwd(), Object.keys(process.env).sort().join()); require('fs').writeFileSync('/work/result', hash.repeat(20)); process.exit(parseInt(hash[0], 16) % 3)`;
  return {
    command: ['node', '-e', script, word],
    timeoutMs: 60_000,
    result: { path: '/work/result', maxBytes: 10_000 },
  };
}

function digest({ outcome, exitCode, stdout, stderr, result, attempts }: TrialResult): string {
  const all = [outcome, exitCode, attempts, stdout.toString(), stderr.toString(), result?.toString()];
  return `${outcome} ${exitCode} ${createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 12)}`;
}
