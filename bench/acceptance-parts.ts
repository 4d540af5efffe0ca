import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { seededRandom } from '../loops/gate/statistics/seeded-random.ts';
import type { LoopSummary } from '../loops/workflows/summarise.ts';
import { Draw } from '../tests/generated-target/draw.ts';
import { gateCheats, gateNullPatches, type Judged, remeasure } from '../tests/support/gate-rejections.ts';
import { type InterruptedLoop, interruptLoop } from '../tests/support/interrupted-loop.ts';
import { type KillPoint, progressLines } from '../tests/support/kill-points.ts';
import { cheatNames } from '../tests/support/patches/rejections.ts';
import { REPOSITORY } from '../tests/support/repository.ts';
import { tinyTarget } from '../tests/support/tiny-target.ts';
import { plantedCases } from './acceptance-admission.ts';
import { codePatches } from './acceptance-code.ts';
import { noise } from './acceptance-noise.ts';
import { redTeam } from './acceptance-red-team.ts';
import { rescoredTrials } from './acceptance-rescore.ts';
import { type AcceptanceRun, atLeast, atMost, type Finding, type Part } from './finding.ts';

export const MOST = { nullPatches: 30, interruptions: 10, generatedTargets: 5 };

/** `npm start` on a state of its own. */
export async function npmStart(stateDirectory: string): Promise<{ summary: LoopSummary; wallMs: number }> {
  await mkdir(stateDirectory, { recursive: true, mode: 0o755 });
  const started = performance.now();
  const { stdout } = await execa('npm', ['start', '--silent', '--', '--json', '--state', stateDirectory], {
    cwd: REPOSITORY,
    stderr: 'inherit',
  });
  return { summary: JSON.parse(stdout) as LoopSummary, wallMs: performance.now() - started };
}

const minutes = (ms: number): number => Math.round(ms / 6_000) / 10;
const seconds = (ms: number): number => Math.round(ms / 100) / 10;

async function start({ folder }: AcceptanceRun): Promise<Finding[]> {
  const first = await npmStart(path.join(folder, 'flights'));
  const withImages = await npmStart(path.join(folder, 'flights-2'));
  const again = await npmStart(path.join(folder, 'flights-2'));
  const { summary } = first;
  return [
    atMost('npm start, minutes', minutes(first.wallMs), 12),
    atMost('npm start when images exist, minutes', minutes(withImages.wallMs), 5),
    atMost('npm start again, seconds', seconds(again.wallMs), 30),
    atMost('npm start again finds something new', again.summary.fresh ? 1 : 0, 0),
    atLeast('patterns', summary.patterns, 12),
    atLeast('cases admitted', summary.cases.admitted, 8),
    atLeast('candidates accepted', summary.candidates.accepted, 5),
    atLeast('cases in the frontier', summary.frontier?.cases ?? 0, 1),
  ];
}

/** Collects verdicts and says each as it comes. */
function collect({ say }: AcceptanceRun): { judged: Judged[]; done: (one: Judged) => void } {
  const judged: Judged[] = [];
  return {
    judged,
    done: (one) => {
      judged.push(one);
      const reasons = one.document.reasons.map(({ code }) => code).join(', ');
      say(
        `${one.problem === '' ? 'ok' : 'MISSED'}: ${one.what} on ${one.case}: ${one.document.verdict} ${reasons} (${seconds(one.wallMs)} s) ${one.problem}`,
      );
    },
  };
}

const problemsOf = (judged: readonly Judged[]): string[] =>
  judged
    .filter(({ problem }) => problem !== '')
    .map(({ what, case: id, problem }) => `${what} on ${id}: ${problem}`);

async function cheats(run: AcceptanceRun): Promise<Finding[]> {
  const { judged, done } = collect(run);
  await gateCheats(await run.flights(), { seed: run.seed, cheats: cheatNames }, done);
  const missed = problemsOf(judged);
  return [
    atLeast('kinds of cheats tried', judged.length, cheatNames.length),
    atMost('cheats not rejected for the right reason', missed.length, 0, missed),
  ];
}

async function nullPatches(run: AcceptanceRun): Promise<Finding[]> {
  const { judged, done } = collect(run);
  await gateNullPatches(await run.flights(), { seed: run.seed, count: MOST.nullPatches }, done);
  const accepted = judged.filter(({ document }) => document.verdict === 'accepted');
  const missed = problemsOf(judged);
  return [
    atLeast('null patches tried', judged.length, MOST.nullPatches),
    atMost('null patches accepted', accepted.length, 0),
    atMost('null patches that were none, or no verdict', missed.length - accepted.length, 0, missed),
  ];
}

async function remeasured(run: AcceptanceRun): Promise<Finding[]> {
  const { judged, done } = collect(run);
  const flights = await run.flights();
  await remeasure(flights, flights.branches, done);
  const missed = problemsOf(judged);
  return [
    atLeast('accepted branches measured again', judged.length, Math.max(1, flights.branches.length)),
    atMost('not accepted again, or beyond the claim', missed.length, 0, missed),
  ];
}

/** Gone with its images before the others begin: a loop that finds them never says that it makes them. */
async function undisturbedLoop(): Promise<InterruptedLoop> {
  await using target = await tinyTarget();
  return await interruptLoop(target, []);
}

async function interruptions(run: AcceptanceRun): Promise<Finding[]> {
  const draw = new Draw(seededRandom(run.seed));
  const expected = await undisturbedLoop();
  const problems = expected.problems.map((problem) => `undisturbed: ${problem}`);
  let reached = 0;
  // Each kind of line once, so that no stretch of a loop goes without.
  const points = progressLines.slice(0, MOST.interruptions).map(
    (line, at): KillPoint => ({
      signal: at % 2 === 0 ? 'SIGINT' : 'SIGKILL',
      line,
      delayMs: draw.int(0, 4_000),
    }),
  );
  for (const drawn of draw.shuffle(points)) {
    // A loop may end before a point that comes late in it: then the point is tried sooner.
    for (let point = drawn; ; point = { ...point, delayMs: Math.floor(point.delayMs / 4) }) {
      await using target = await tinyTarget();
      const { runs, summary, problems: found } = await interruptLoop(target, [point]);
      const where = `${point.signal} ${point.delayMs} ms after ${point.line}`;
      const isReached = runs[0]?.interruptedMs !== undefined;
      problems.push(...found.map((problem) => `${where}: ${problem}`));
      if (summary.cases.admitted !== expected.summary.cases.admitted)
        problems.push(
          `${where}: ${summary.cases.admitted} cases, undisturbed ${expected.summary.cases.admitted}`,
        );
      run.say(`${where}: ${isReached ? '' : 'not reached, '}${found.length === 0 ? 'ok' : found.join('; ')}`);
      if (isReached) reached += 1;
      if (isReached || point.delayMs === 0) break;
    }
  }
  return [
    atLeast('interruptions', reached, MOST.interruptions),
    atMost('left over, doubled or done again', problems.length, 0, problems),
  ];
}

/** A test file for each of several seeds: what it asserts are the bars. */
async function generated(run: AcceptanceRun): Promise<Finding[]> {
  const missed: string[] = [];
  for (let at = 0; at < MOST.generatedTargets; at++) {
    const seed = String(run.seed + at);
    const done = await vitest('tests/generated-target', { WHETSTONE_SEED: seed });
    run.say(`generated target ${seed}: ${done.exitCode === 0 ? 'ok' : 'MISSED'}\n${done.stdout}`);
    if (done.exitCode !== 0) missed.push(`seed ${seed}: ${done.stdout.slice(-1_500)}`);
  }
  return [atMost(`of ${MOST.generatedTargets} generated targets, missed`, missed.length, 0, missed)];
}

async function badInput(run: AcceptanceRun): Promise<Finding[]> {
  const files = ['tests/bad-input.test.ts', 'sandboxes/images/disk-full.test.ts'];
  const missed: string[] = [];
  for (const file of files) {
    const done = await vitest(file, {});
    run.say(`${file}: ${done.exitCode === 0 ? 'ok' : 'MISSED'}`);
    if (done.exitCode !== 0) missed.push(`${file}: ${done.stdout.slice(-1_500)}`);
  }
  return [atMost(`of ${files.length} files of tests of bad input, failed`, missed.length, 0, missed)];
}

function vitest(file: string, env: Record<string, string>) {
  return execa('npx', ['vitest', 'run', file], {
    cwd: REPOSITORY,
    env,
    reject: false,
  });
}

/** In the order in which they run. */
export const parts: Record<string, Part> = {
  start,
  cheats,
  null: nullPatches,
  remeasure: remeasured,
  interruptions,
  generated,
  'bad-input': badInput,
  code: codePatches,
  'red-team': redTeam,
  rescore: rescoredTrials,
  noise,
  admission: plantedCases,
};
