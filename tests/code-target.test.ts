import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../loops/gate/statistics/seeded-random.ts';
import { temporaryFolder } from '../sandboxes/images/temporary-folder.ts';
import { drawFaults } from './support/faults/draw-faults.ts';
import { drawNullChange } from './support/faults/seed-null-changes.ts';
import { type FaultyTarget, faultyTarget } from './support/faulty-target.ts';
import { writeSmallLibrary } from './support/small-library.ts';

// The set-up of a first run, then some twenty runs of all tests of the target.
const MINE_MS = 10 * 60_000;
const GATE_MS = 5 * 60_000;

const seed = Number(process.env['WHETSTONE_SEED'] ?? 1 + Math.floor(Math.random() * 1_000_000));
const random = seededRandom(seed);

interface Mined {
  admitted: { case: string }[];
  refused: { check: string; detail: string }[];
}

let target: FaultyTarget;
let mined: Mined;

interface Rescoring {
  trials: number;
  unknown: number;
  flipped: { variant: string; to: string }[];
  verdicts: unknown[];
}

interface Verdict {
  verdict: string;
  reasons: { code: string; detail: string }[];
  stages: { stage: string; state: string }[];
}

const gate = async (patch: string): Promise<Verdict> => {
  const words = ['gate', '--patch', '-', '--case', mined.admitted[0]?.case ?? ''];
  return (await target.whetstone(words, patch)) as Verdict;
};

const verifyByRunning = async () =>
  (await target.whetstone(['dataset', 'verify', '--run'])) as {
    ran: { case: string }[];
    findings: { problem: string }[];
  };

beforeAll(async () => {
  await using folder = await temporaryFolder();
  const library = path.join(folder.path, 'small');
  await writeSmallLibrary(library);
  // Not every fault is noticed by a test: the first one that is makes the cases.
  for (const fault of await drawFaults(library, random, 5)) {
    target = await faultyTarget(library, [fault]);
    console.log(`seed ${seed}: ${fault.operator} in ${fault.file}:${fault.line}`);
    mined = (await target.whetstone(['mine', '--source', 'tests'])) as Mined;
    if (mined.admitted.length > 0) return;
    await target[Symbol.asyncDispose]();
  }
}, MINE_MS);

afterAll(async () => {
  await target[Symbol.asyncDispose]();
}, MINE_MS);

test('failing tests become cases, frozen, whole and as they claim', { timeout: GATE_MS }, async () => {
  expect(mined.admitted.length, JSON.stringify(mined)).toBeGreaterThan(0);
  const { ran, findings } = await verifyByRunning();
  expect(findings).toEqual([]);
  expect(ran.map((one) => one.case).toSorted()).toEqual(mined.admitted.map((one) => one.case).toSorted());
});

test('what takes the fault back is accepted', { timeout: GATE_MS }, async () => {
  const { verdict, reasons } = await gate(target.fixes[0] ?? '');
  expect(verdict, JSON.stringify(reasons)).toBe('accepted');
});

test('a change that changes nothing is rejected by the tests that still fail', {
  timeout: GATE_MS,
}, async () => {
  const change = await drawNullChange(target.path, random);
  const patch = await target.patchOf(change.file, () => change.apply());
  const { verdict, reasons } = await gate(patch);
  expect(verdict, `${change.operator} in ${change.file}:${change.line}`).toBe('rejected');
  expect(reasons.map(({ code }) => code)).toContain('still-fails');
});

test('code that ends its process while it is loaded is rejected', { timeout: GATE_MS }, async () => {
  const end = (text: string) => `${text}\nprocess.reallyExit(0);\n`;
  const { verdict } = await gate(await target.patchOf('src/ranges.ts', end));
  expect(verdict).toBe('rejected');
});

test('a patch that edits the tests is not even built', async () => {
  const patch = await target.patchOf(
    'test/ranges.test.ts',
    () => "import { test } from 'vitest';\ntest('x', () => {});\n",
  );
  const { verdict, reasons, stages } = await gate(patch);
  expect(verdict).toBe('rejected');
  expect(reasons.map(({ code }) => code)).toContain('tests-changed');
  expect(stages.find(({ stage }) => stage === 'build')?.state).toBe('open');
});

test('kept trials are scored again under a case that was corrected', async () => {
  const again = async () => (await target.whetstone(['rescore'])) as Rescoring;
  const before = await again();
  expect(before).toMatchObject({ unknown: 0, flipped: [], verdicts: [] });
  expect(before.trials).toBeGreaterThan(0);
  // The case that every patch was judged by asks one test less, or, where it has one alone, another.
  const id = mined.admitted[0]?.case ?? '';
  const sealed = path.join(`${target.path}-datasets`, 'v1/cases', id, 'tests/sealed.json');
  const kept = JSON.parse(await readFile(sealed, 'utf8'));
  const [gone] = kept.hidden;
  const changed =
    kept.hidden.length > 1
      ? { ...kept, hidden: kept.hidden.slice(1) }
      : { ...kept, hidden: [{ ...gone, id: kept.guards[0] }], guards: kept.guards.slice(1) };
  await writeFile(sealed, JSON.stringify(changed));
  await expect(again()).rejects.toThrow('dataset freeze');
  await target.whetstone(['dataset', 'freeze']);
  const { flipped, unknown } = await again();
  expect(unknown).toBe(0);
  expect(flipped.length).toBeGreaterThan(0);
  expect(new Set(flipped.map((one) => `${one.variant} ${one.to}`))).toEqual(
    new Set([`${gone.id} not-asked`]),
  );
});

test('a target without failing tests has nothing to mine', { timeout: MINE_MS }, async () => {
  const file = path.join(target.path, '..', 'fix.patch');
  await writeFile(file, target.fixes[0] ?? '');
  await execa('git', ['apply', file], { cwd: target.path });
  await execa('git', ['-c', 'user.name=a', '-c', 'user.email=a@localhost', 'commit', '-qam', 'Mend it'], {
    cwd: target.path,
  });
  const again = (await target.whetstone(['mine', '--source', 'tests'])) as Mined;
  expect(again.admitted).toEqual([]);
  // What its cases claim of the base holds no more.
  const problems = (await verifyByRunning()).findings.map(({ problem }) => problem);
  expect(problems).toContainEqual(expect.stringContaining('passes on the base as it is'));
});
