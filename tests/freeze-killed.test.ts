import { randomInt } from 'node:crypto';
import { cp, readdir } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { simpleGit } from 'simple-git';
import { expect, test } from 'vitest';
import { listVersions, readDataset, verifyDataset } from '../datasets/cases/dataset.ts';
import { temporaryFolder } from '../sandboxes/images/temporary-folder.ts';
import { freezeTexts } from './support/freeze-once.ts';

const MINUTE = 60_000;
/** Of all operations of a freeze, one in so many is tried; with 1 each of them is tried. */
const step = Number(process.env['WHETSTONE_FREEZE_STEP'] ?? 6);
const first = step === 1 ? 1 : randomInt(1, step + 1);
const TEXTS = ['old', 'new', 'next'] as const;

const cases = (text: string) => ['a', 'b'].map((id) => ({ id, text }));

/** Whether a freeze of `text` that dies before its n-th operation ended before that. */
async function freezeKilledAt(datasets: string, at: number, text: string): Promise<boolean> {
  const support = (file: string) => path.join(import.meta.dirname, 'support', file);
  const { signal, exitCode, stderr } = await execa(
    process.execPath,
    [
      ...['--import', 'tsx', '--import', support('kill-at-operation.mjs')],
      ...[support('freeze-once.ts'), datasets, text],
    ],
    { env: { KILL_AT: String(at) }, reject: false },
  );
  if (signal !== 'SIGKILL' && exitCode !== 0) throw new Error(stderr);
  return exitCode === 0;
}

test('a freeze that is killed at any point leaves the old version whole, and the next one ends it', {
  timeout: 10 * MINUTE,
}, async () => {
  const [before, during, after] = TEXTS;
  await using made = await temporaryFolder();
  const origin = path.join(made.path, 'datasets');
  await freezeTexts(origin, cases(before));
  const old = await readDataset(origin, 1);
  let points = 0;
  for (let at = first, isOver = false; !isOver; at += step) {
    await using folder = await temporaryFolder();
    const datasets = path.join(folder.path, 'datasets');
    await cp(origin, datasets, { recursive: true });
    isOver = await freezeKilledAt(datasets, at, during);
    points += isOver ? 0 : 1;

    expect(await readDataset(datasets, 1), `killed at ${at}`).toEqual(old);
    for (const version of await listVersions(datasets))
      expect(await verifyDataset(datasets, version), `v${version}, killed at ${at}`).toEqual([]);

    // Whoever was killed is begun again, and another freeze comes after it.
    const again = await freezeTexts(datasets, cases(during));
    const next = await freezeTexts(datasets, cases(after));
    expect([again.version, next.version], `killed at ${at}`).toEqual([2, 3]);
    for (const version of [1, 2, 3]) expect(await verifyDataset(datasets, version)).toEqual([]);
    expect((await readdir(datasets)).sort(), `killed at ${at}`).toEqual(['.git', 'v1', 'v2', 'v3']);
    expect((await simpleGit(datasets).status()).isClean(), `killed at ${at}`).toBe(true);
  }
  console.log(`${points} points, one in ${step} from ${first}`);
  expect(points).toBeGreaterThan(3);
});
