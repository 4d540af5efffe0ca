import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conformance } from '../../sandboxes/conformance.ts';
import { dockerDriver } from '../../sandboxes/driver.ts';
import type { Engine } from '../../sandboxes/engine/engine.ts';
import { kernelOf } from '../../sandboxes/engine/isolation.ts';
import { reap } from '../../sandboxes/reap.ts';
import { unpackRuntimes } from '../../sandboxes/testing/other-runtimes.ts';
import { startPrivateEngine } from '../../sandboxes/testing/private-engine.ts';
import { importSmallImage, smallPrograms } from '../../sandboxes/testing/small-image.ts';
import { atMost, type Finding } from '../finding.ts';
import type { Bench } from './speed.ts';

/** gVisor of 2022, which is Debian's, loses a sandbox now and then on a kernel of today. */
const TRIES = 3;

/** What the checks run, besides what every sandbox needs. */
const programs =
  'cp cut find ln mknod node nohup perl printf seq setsid su tail touch tr truncate wc yes'.split(' ');

/** The suite that every driver must pass, in each runtime that can be had here, and where users are remapped. */
export async function runtimes({ say }: Bench): Promise<Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'runtimes-bench-'));
  try {
    const findings: Finding[] = [];
    {
      await using own = await startPrivateEngine({ runtimes: await unpackRuntimes(folder) });
      const engine = await own.connect();
      const image = await conformanceImage(engine);
      for (const runtime of ['runc', 'crun', 'runsc'])
        findings.push(await check(runtime, { ...engine, runtime }, image, say));
    }
    await using remapped = await startPrivateEngine({ usernsRemap: true });
    const engine = await remapped.connect();
    findings.push(await check('runc with remapped users', engine, await conformanceImage(engine), say));
    return findings;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function check(
  name: string,
  engine: Engine,
  image: string,
  say: (line: string) => void,
): Promise<Finding> {
  const ownKernel = kernelOf(engine.info, engine.runtime) !== 'shared';
  const failed: string[] = [];
  const lost: string[] = [];
  for (const one of conformance) {
    for (let tries = 1; ; tries++) {
      try {
        await one.run({ driver: dockerDriver(engine), image, ownKernel });
        break;
      } catch (error) {
        const what = `${one.name}: ${String(error).replaceAll('\0', ' ').slice(0, 600)}`;
        const isLost = ownKernel && what.includes('sandbox_died') && tries < TRIES;
        (isLost ? lost : failed).push(what);
        if (!isLost) break;
      } finally {
        await reap(engine, { owner: engine.owner, all: true });
      }
    }
  }
  say(`${name}: ${conformance.length - failed.length} of ${conformance.length} checks passed`);
  return atMost(`${name}: checks failed, of ${conformance.length}`, failed.length, 0, [
    ...failed,
    ...lost.map((what) => `lost a sandbox, and was tried again: ${what}`),
  ]);
}

function conformanceImage(engine: Engine): Promise<string> {
  return importSmallImage(
    engine,
    'conformance:1',
    [...smallPrograms, ...programs],
    [`/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/perl-base`],
  );
}
