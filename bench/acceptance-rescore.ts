import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { simpleGit } from 'simple-git';
import { readCase } from '../datasets/cases/case-folder.ts';
import { sha256 } from '../datasets/sha256.ts';
import { seededRandom } from '../loops/gate/statistics/seeded-random.ts';
import { openState } from '../loops/state/open-state.ts';
import { Draw } from '../tests/generated-target/draw.ts';
import { askProgram } from '../tests/support/ask-program.ts';
import { runLoopUntil, summaryOf } from '../tests/support/kill-points.ts';
import { type TinyTarget, tinyTarget } from '../tests/support/tiny-target.ts';
import { type AcceptanceRun, atLeast, atMost, type Finding } from './finding.ts';

const TRIALS = 500;

const whetstone = async (target: TinyTarget, words: readonly string[]): Promise<unknown> =>
  (await askProgram(target, words)).document;

interface Flip {
  case: string;
  variant: string;
  session: number;
  to: string;
}

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
    flipped: Flip[];
  };
  say(`${again.trials} trials scored again in ${Math.round(performance.now() - started)} ms`);
  const full = await evaluate(3);
  const kept = await outcomesOf(target, wrong.run);
  const measured = flipsOf(kept, await outcomesOf(target, full.run));
  const scored = flipsOf(kept, withFlips(kept, again.flipped));
  const differ = [
    ...[...scored].filter((one) => !measured.has(one)).map((one) => `scored again only: ${one}`),
    ...[...measured].filter((one) => !scored.has(one)).map((one) => `run again only: ${one}`),
  ];
  return [
    atLeast('trials scored again', again.trials, TRIALS),
    atMost('trials of which too little was kept', again.unknown, 0),
    atLeast('variants that flipped', scored.size, 1),
    atMost('flips in which scoring again and running again differ', differ.length, 0, differ),
  ];
}

/** What a person may get wrong in a case; says what. */
async function makeWrong(folder: string, draw: Draw): Promise<string> {
  const task = path.join(folder, 'task.toml');
  const sealed = path.join(folder, 'tests/variants.json');
  const edit = async (file: string, change: (text: string) => string) => {
    const text = await readFile(file, 'utf8');
    const changed = change(text);
    if (changed === text) throw new Error(`nothing to get wrong in ${file}`);
    await writeFile(file, changed);
  };
  const { visible, hidden, objectiveMs } = await readCase(folder);
  if (draw.pick([true, false])) {
    await edit(task, (text) =>
      // TOML escapes the quotes where the SQL has a single one.
      text.replace(/(objectiveMs\\?":)[\d.]+/, `$1${objectiveMs / 1_000}`),
    );
    return 'an objective of thousandths';
  }
  const variants = [...visible, ...hidden];
  // Of those with the same rows one, since all are changed with it.
  const distinct = [...new Map(variants.map((one) => [one.sha256, one])).values()];
  const chosen = draw.shuffle(distinct).slice(0, draw.int(1, distinct.length));
  for (const one of chosen)
    await edit(visible.includes(one) ? task : sealed, (text) => text.replaceAll(one.sha256, sha256(one.id)));
  return `other digests of ${chosen.map(({ id }) => id).join(', ')}`;
}

/** By variant, what most of its trials are: a single one is at the mercy of what else the machine does. */
type Outcomes = Map<string, { session: number; outcome: string }[]>;

const nameOf = (one: { case: string; variant: string }) => `${one.case} ${one.variant}`;

async function outcomesOf(target: TinyTarget, run: string): Promise<Outcomes> {
  await using state = await openState({
    stateDirectory: target.stateDirectory,
    target: target.name,
    progress: () => {},
    signal: new AbortController().signal,
  });
  const outcomes: Outcomes = new Map();
  for (const { caseId, variant, session, outcome } of await state.trials.ofRun(run)) {
    const name = nameOf({ case: caseId, variant });
    outcomes.set(name, [...(outcomes.get(name) ?? []), { session, outcome }]);
  }
  return outcomes;
}

function withFlips(kept: Outcomes, flipped: readonly Flip[]): Outcomes {
  const to = new Map(flipped.map((one) => [`${nameOf(one)} ${one.session}`, one.to]));
  return new Map(
    [...kept].map(([name, trials]) => [
      name,
      trials.map(({ session, outcome }) => ({ session, outcome: to.get(`${name} ${session}`) ?? outcome })),
    ]),
  );
}

function flipsOf(before: Outcomes, after: Outcomes): Set<string> {
  const most = (trials: readonly { outcome: string }[] = []) => {
    const passed = trials.filter(({ outcome }) => outcome === 'passed').length;
    return passed * 2 > trials.length ? 'passed' : 'failed';
  };
  const flips = [...before].flatMap(([name, trials]) => {
    const [from, to] = [most(trials), most(after.get(name))];
    return from === to ? [] : [`${name}: ${from} to ${to}`];
  });
  return new Set(flips);
}
