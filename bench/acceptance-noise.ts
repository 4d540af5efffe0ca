import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SourceChange } from '../loops/admit/code/mutants/source-change.ts';
import type { CodeVerdict } from '../loops/gate/code/code-verdict.ts';
import { type Random, seededRandom } from '../loops/gate/statistics/seeded-random.ts';
import { destroyState } from '../loops/state/destroy-state.ts';
import { Draw } from '../tests/generated-target/draw.ts';
import { drawFaults } from '../tests/support/faults/draw-faults.ts';
import { copyTarget, runTestsWith } from '../tests/support/faults/run-target-tests.ts';
import { drawNullChanges } from '../tests/support/faults/seed-null-changes.ts';
import { type FaultyTarget, faultyTarget } from '../tests/support/faulty-target.ts';
import { writeSmallLibrary } from '../tests/support/small-library.ts';
import { type AcceptanceRun, atLeast, atMost, type Finding } from './finding.ts';

const GOOD = 10;
const BAD = 10;
const RUNS = 3;
const BUSY = 2;

/** Each test of the suite that the case is about fails so often for no reason. */
const FLAKY = 0.1;

interface KnownPatch {
  what: string;
  isGood: boolean;
  patch: string;
}

/** Verdicts on patches that are known to be good or bad, while tests fail at random and the machine is busy. */
export async function noise({ folder, seed, say }: AcceptanceRun): Promise<Finding[]> {
  const draw = new Draw(seededRandom(seed));
  const random = seededRandom(seed + 1);
  const { target, patches, caseId } = await noisyTarget(folder, { random, say });
  await using _ = target;
  const wrongAccepts: string[] = [];
  const wrongRejects: string[][] = [];
  for (let run = 0; run < RUNS; run++) {
    // Each run is somebody's first: attempts go on counting in one state.
    await destroyState(target.stateDirectory);
    using _busy = busyLoops();
    const missed: string[] = [];
    for (const { what, isGood, patch } of draw.shuffle([...patches])) {
      const words = ['gate', '--patch', '-', '--case', caseId];
      const { verdict, reasons } = (await target.whetstone(words, patch)) as CodeVerdict;
      say(`run ${run + 1}: ${what}: ${verdict} ${reasons.map(({ code }) => code).join(', ')}`);
      const told = `run ${run + 1}: ${what}: ${JSON.stringify(reasons)}`;
      if (isGood && verdict !== 'accepted') missed.push(told);
      if (!isGood && verdict === 'accepted') wrongAccepts.push(told);
    }
    wrongRejects.push(missed);
  }
  return [
    atLeast('good patches', patches.filter(({ isGood }) => isGood).length, GOOD),
    atLeast('bad patches', patches.filter(({ isGood }) => !isGood).length, BAD),
    atMost(`bad patches accepted in ${RUNS} runs`, wrongAccepts.length, 0, wrongAccepts),
    ...wrongRejects.map((missed, at) =>
      atMost(`good patches not accepted in run ${at + 1}`, missed.length, 1, missed),
    ),
  ];
}

/** Two processes that do nothing but count, until they are disposed of. */
function busyLoops(): Disposable {
  const loops = Array.from({ length: BUSY }, () => spawn(process.execPath, ['-e', 'for (;;);']));
  return {
    [Symbol.dispose]() {
      for (const loop of loops) loop.kill('SIGKILL');
    },
  };
}

interface Noisy {
  target: FaultyTarget;
  caseId: string;
  patches: KnownPatch[];
}

/** Draws faults until there is one of which admission makes a case although its suite is flaky. */
async function noisyTarget(
  folder: string,
  { random, say }: { random: Random; say: (line: string) => void },
): Promise<Noisy> {
  const home = await mkdtemp(path.join(folder, 'noise-'));
  const honest = path.join(home, 'honest', 'small');
  await writeSmallLibrary(honest);
  for (const fault of await drawFaults(honest, random, 10)) {
    const noisy = path.join(home, 'noisy', 'small');
    await rm(noisy, { recursive: true, force: true });
    await writeSmallLibrary(noisy);
    const suite = await makeFlaky(noisy, fault);
    if (suite === undefined) continue;
    const target = await faultyTarget(noisy, [fault]);
    const { admitted, refused } = (await target.whetstone(['mine', '--source', 'tests'])) as {
      admitted: { case: string }[];
      refused: { check: string; detail: string }[];
    };
    say(
      `${fault.operator} in ${fault.file}:${fault.line}, ${suite} flaky: ${admitted.length} cases ${JSON.stringify(refused)}`,
    );
    const [first] = admitted;
    if (first)
      return { target, caseId: first.case, patches: await knownPatches(target, honest, { random, suite }) };
    await target[Symbol.asyncDispose]();
  }
  throw new Error('no fault of which a case was made');
}

/** Has the tests of the suite that notices a fault fail at random; undefined where no suite does. */
async function makeFlaky(library: string, fault: SourceChange): Promise<string | undefined> {
  await using copy = await copyTarget(library);
  const [first] = (await runTestsWith(copy.path, fault)).failed;
  if (first === undefined) return undefined;
  const file = path.join(library, first.file);
  const text = await readFile(file, 'utf8');
  const suite = [...text.matchAll(/^describe\('(\w+)', \(\) => \{$/gm)].find(([, name]) =>
    first.test.startsWith(`${name} `),
  )?.[1];
  if (suite === undefined) return undefined;
  const open = `describe('${suite}', () => {\n`;
  const flaky = `  beforeEach(() => {\n    if (Math.random() < ${FLAKY}) throw new Error('too busy');\n  });\n`;
  await writeFile(
    file,
    text.replace('import { describe,', 'import { beforeEach, describe,').replace(open, `${open}${flaky}`),
  );
  return suite;
}

/**
 * Good: the fix, as it is and worded otherwise. Bad: what mends nothing, and the fix with another fault that tests beside the
 * flaky suite notice.
 */
async function knownPatches(
  target: FaultyTarget,
  honest: string,
  { random, suite }: { random: Random; suite: string },
): Promise<KnownPatch[]> {
  const patches: KnownPatch[] = [{ what: 'the fix', isGood: true, patch: target.fixes[0] ?? '' }];
  const add = async (what: string, isGood: boolean, { file, apply }: SourceChange) =>
    patches.push({ what, isGood, patch: await target.patchOfFiles({ [file]: apply() }) });
  for (const change of await drawNullChanges(honest, random, GOOD - 1))
    await add(`the fix and ${change.operator}:${change.line}`, true, change);
  const mendNothing = await drawNullChanges(target.path, random, BAD / 2);
  for (const change of mendNothing) await add(`${change.operator}:${change.line} alone`, false, change);
  await using copy = await copyTarget(honest);
  for (const fault of await drawFaults(honest, random, 6 * BAD)) {
    if (patches.length === GOOD + BAD) break;
    const { failed, timedOut } = await runTestsWith(copy.path, fault);
    const isNoticed = timedOut || failed.some(({ test }) => !test.startsWith(`${suite} `));
    if (isNoticed) await add(`the fix and a fault, ${fault.operator}:${fault.line}`, false, fault);
  }
  return patches;
}
