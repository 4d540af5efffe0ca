import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../loops/gate/statistics/seeded-random.ts';
import { REPOSITORY } from '../repository.ts';
import { drawFaults } from './draw-faults.ts';
import { copyTarget, runTargetTests, runTestsWith } from './run-target-tests.ts';
import { drawNullChanges } from './seed-null-changes.ts';

const BILLING = path.join(REPOSITORY, 'examples/billing');
const DRAWS = 6;

describe('the tests of the billing example', () => {
  test('fail on nearly every fault', { timeout: 300_000 }, async () => {
    await using copy = await copyTarget(BILLING);
    expect(await runTargetTests(copy.path)).toMatchObject({ failed: [], broken: [], timedOut: false });
    const faults = await drawFaults(BILLING, seededRandom(7), DRAWS);
    let killed = 0;
    for (const fault of faults) {
      const { failed, broken } = await runTestsWith(copy.path, fault);
      // What did not end in time is no kill: the machine may have been busy.
      if (failed.length + broken.length > 0) killed += 1;
      const files = new Set(failed.map(({ file }) => file)).size;
      console.log(
        `${fault.operator}, ${fault.file}:${fault.line}: ${failed.length} tests in ${files} files fail`,
      );
    }
    console.log(`${killed} of ${DRAWS} faults killed`);
    expect(killed / DRAWS).toBeGreaterThanOrEqual(0.7);
  });

  test('pass after null changes on top of each other', { timeout: 300_000 }, async () => {
    await using copy = await copyTarget(BILLING);
    const random = seededRandom(11);
    for (let round = 0; round < 2; round++) {
      const drawn = await drawNullChanges(copy.path, random, 20);
      // One a file: each was made for the text that it changes.
      const changes = new Map(drawn.map((change) => [change.file, change]));
      expect(changes.size).toBeGreaterThan(3);
      for (const [file, change] of changes) await writeFile(path.join(copy.path, file), change.apply());
    }
    const { passed, failed, broken, timedOut } = await runTargetTests(copy.path);
    expect({ failed, broken, timedOut }).toEqual({ failed: [], broken: [], timedOut: false });
    expect(passed).toBeGreaterThan(500);
  });
});
