import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { simpleGit } from 'simple-git';
import { readCase } from '../datasets/cases/case-folder.ts';
import { sha256 } from '../datasets/sha256.ts';
import { seededRandom } from '../loops/gate/statistics/seeded-random.ts';
import { openState } from '../loops/state/open-state.ts';
import { Draw } from '../tests/generated-target/draw.ts';
import { runLoopUntil, summaryOf } from '../tests/support/kill-points.ts';
import { REPOSITORY } from '../tests/support/repository.ts';
import { type TinyTarget, tinyTarget } from '../tests/support/tiny-target.ts';
import { type AcceptanceRun, atLeast, atMost, type Finding } from './finding.ts';

const TRIALS = 500;

interface Evaluated {
  run: string;
  cases: { trials: number }[];
}

/**
 * A dataset with wrong cases in it, trials by those, the cases put right, and the same trials under them: scored again from
 * what was kept, and all run again. What is wrong is drawn: digests of rows that are not the right ones, objectives in seconds.
 */
export async function rescoredTrials({ seed, say }: AcceptanceRun): Promise<Finding[]> {
  const draw = new Draw(seededRandom(seed));
  await using target = await tinyTarget();
  const { branches } = summaryOf(await runLoopUntil(target));
  const patch = path.join(target.folder, 'accepted.patch');
  // All that was accepted: what is still slow is as slow as its objective at times, and another run would tell it otherwise.
  const git = simpleGit(target.remote);
  const diffs = branches.map(({ branch }) => git.raw(['diff', '--no-color', '--no-renames', 'main', branch]));
  await writeFile(patch, (await Promise.all(diffs)).join(''));
  const frozen = path.join(target.datasets, 'v1/cases');
  const ids = await readdir(frozen);
  const right = path.join(target.folder, 'right');
  await cp(frozen, right, { recursive: true });
  for (const id of ids) say(`${id}: ${await makeWrong(path.join(frozen, id), draw)}`);
  await whetstone(target, ['dataset', 'freeze']);
  const cases = await Promise.all(ids.map((id) => readCase(path.join(right, id))));
  const reading = cases.flatMap(({ visible, hidden }) =>
    [...visible, ...hidden].filter(({ writes }) => writes.length === 0),
  );
  const evaluate = (version: number) =>
    whetstone(target, [
      ...['eval', '--dataset', `${target.name}@v${version}`, '--patch', patch],
      ...['--trials', String(Math.ceil(TRIALS / reading.length))],
    ]) as Promise<Evaluated>;
  const wrong = await evaluate(2);
  await rm(path.join(target.datasets, 'v2/cases'), { recursive: true });
  await cp(right, path.join(target.datasets, 'v2/cases'), { recursive: true });
  await whetstone(target, ['dataset', 'freeze']);
  const started = performance.now();
  const again = (await whetstone(target, ['rescore', wrong.run])) as {
    trials: number;
    unknown: number;
    flipped: { case: string; variant: string; session: number; from: string; to: string }[];
  };
  say(`${again.trials} trials scored again in ${Math.round(performance.now() - started)} ms`);
  const full = await evaluate(3);
  const key = (one: { case: string; variant: string; session: number }, from: string, to: string) =>
    `${one.case} ${one.variant} ${one.session}: ${from} to ${to}`;
  const scored = new Set(again.flipped.map((one) => key(one, one.from, one.to)));
  const measured = await flipsBetween(target, wrong.run, full.run, key);
  const differ = [
    ...[...scored].filter((one) => !measured.has(one)).map((one) => `scored again only: ${one}`),
    ...[...measured].filter((one) => !scored.has(one)).map((one) => `run again only: ${one}`),
  ];
  return [
    atLeast('trials scored again', again.trials, TRIALS),
    atMost('trials of which too little was kept', again.unknown, 0),
    atLeast('outcomes that flipped', scored.size, 1),
    atMost('flips in which scoring again and running again differ', differ.length, 0, differ),
  ];
}

/** What a person may get wrong in a case; says what. */
async function makeWrong(folder: string, draw: Draw): Promise<string> {
  const task = path.join(folder, 'task.toml');
  const sealed = path.join(folder, 'tests/variants.json');
  const edit = async (file: string, change: (text: string) => string) =>
    writeFile(file, change(await readFile(file, 'utf8')));
  const { visible, hidden, objectiveMs } = await readCase(folder);
  if (draw.pick([true, false])) {
    await edit(task, (text) =>
      text.replace(`"objectiveMs":${objectiveMs}`, `"objectiveMs":${objectiveMs / 1_000}`),
    );
    return 'an objective of thousandths';
  }
  const variants = [...visible, ...hidden];
  const chosen = draw.shuffle(variants).slice(0, draw.int(1, variants.length));
  for (const one of chosen)
    for (const file of [task, sealed])
      await edit(file, (text) => text.replaceAll(one.sha256, sha256(one.id)));
  return `other digests of ${chosen.map(({ id }) => id).join(', ')}`;
}

async function flipsBetween(
  target: TinyTarget,
  before: string,
  after: string,
  key: (one: { case: string; variant: string; session: number }, from: string, to: string) => string,
): Promise<Set<string>> {
  await using state = await openState({
    stateDirectory: target.stateDirectory,
    target: target.name,
    progress: () => {},
    signal: new AbortController().signal,
  });
  const [was, now] = [await state.trials.ofRun(before), await state.trials.ofRun(after)];
  const flips = was.flatMap((one) => {
    const same = now.find(
      ({ caseId, variant, session }) =>
        caseId === one.caseId && variant === one.variant && session === one.session,
    );
    const isFlipped = same !== undefined && same.outcome !== one.outcome;
    return isFlipped ? [key({ ...one, case: one.caseId }, one.outcome, same.outcome)] : [];
  });
  return new Set(flips);
}

async function whetstone(
  { configPath, stateDirectory }: TinyTarget,
  words: readonly string[],
): Promise<unknown> {
  const done = await execa(
    process.execPath,
    [
      `${REPOSITORY}/bin/whetstone.mjs`,
      ...words,
      '--json',
      '--config',
      configPath,
      '--state',
      stateDirectory,
    ],
    { reject: false },
  );
  if (done.exitCode !== 0 && done.exitCode !== 1) throw new Error(done.stderr.slice(-2_000));
  return JSON.parse(done.stdout);
}
