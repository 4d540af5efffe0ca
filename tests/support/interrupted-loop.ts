import { readdir } from 'node:fs/promises';
import { simpleGit } from 'simple-git';
import { engineOwner } from '../../cli/engine-owner.ts';
import { listVersions } from '../../datasets/cases/dataset.ts';
import { openState } from '../../loops/state/open-state.ts';
import { frontierRoot } from '../../loops/workflows/freeze-cases.ts';
import type { LoopSummary } from '../../loops/workflows/summarise.ts';
import { connectEngine } from '../../sandboxes/engine/engine.ts';
import { containersOf } from '../../sandboxes/test-engine.ts';
import { type KillPoint, type LoopRun, runLoopUntil, summaryOf } from './kill-points.ts';
import type { TinyTarget } from './tiny-target.ts';

/** A step's line may come a moment before its result is kept. */
const KEPT_AFTER_MS = 1_500;
const INTERRUPTED_WITHIN_MS = 15_000;
const NOTHING_NEW_WITHIN_MS = 30_000;

export interface InterruptedLoop {
  /** One for each point, then the one that ended, then the one that found nothing new. */
  runs: LoopRun[];
  summary: LoopSummary;
  /** What is not as an undisturbed loop leaves it; empty where all is. */
  problems: string[];
}

/** Interrupts a loop at each point in turn, starts it again until it is done and once more, and looks what is left. */
export async function interruptLoop(
  target: TinyTarget,
  points: readonly KillPoint[],
): Promise<InterruptedLoop> {
  const runs: LoopRun[] = [];
  const problems: string[] = [];
  for (const point of points) {
    const run = await runLoopUntil(target, point);
    runs.push(run);
    problems.push(...interruptionProblems(run, point));
  }
  const finished = await runLoopUntil(target);
  const again = await runLoopUntil(target);
  runs.push(finished, again);
  const summary = summaryOf(finished);
  problems.push(...repeatedSteps(runs), ...againProblems(again), ...(await leftovers(target, summary)));
  return { runs, summary, problems };
}

function interruptionProblems(run: LoopRun, point: KillPoint): string[] {
  const where = `${point.signal} ${Math.round(point.delayMs)} ms after ${point.line}`;
  if (run.interruptedMs === undefined) {
    // One that had ended by then must have ended well; the point was not reached.
    return run.exitCode === 0 ? [] : [`${where}: it ended with ${run.exitCode} before that`];
  }
  if (point.signal === 'SIGKILL') return [];
  const problems: string[] = [];
  const took = run.wallMs - run.interruptedMs;
  if (run.exitCode !== 130 && run.exitCode !== 0)
    problems.push(`${where}: exit code ${run.exitCode}, not 130`);
  if (took > INTERRUPTED_WITHIN_MS) problems.push(`${where}: it took ${Math.round(took)} ms to end`);
  return problems;
}

/** What a run had finished and a later one did again. */
function repeatedSteps(runs: readonly LoopRun[]): string[] {
  const problems: string[] = [];
  const finished = new Set<string>();
  for (const { lines, interruptedMs } of runs) {
    const now = new Set<string>();
    const gating = new Map<string, string>();
    for (const { text, atMs } of lines) {
      const [, begun] = /^(mining \S+|exploring \S+|\S+: gating .*)$/.exec(text) ?? [];
      if (begun !== undefined && finished.has(begun)) problems.push(`done again: ${begun}`);
      const [, query = ''] = /^(\S+): gating /.exec(text) ?? [];
      if (query !== '') gating.set(query, text);
      if (interruptedMs !== undefined && interruptedMs - atMs < KEPT_AFTER_MS) continue;
      const [, mined] = /^(?:admitted|refused) ([^\s:]+)/.exec(text) ?? [];
      if (mined !== undefined) now.add(`mining ${mined}`);
      const [, explored] = /^(\S+): \d+ plans tried/.exec(text) ?? [];
      if (explored !== undefined) now.add(`exploring ${explored}`);
      // An inconclusive one is tried again on purpose.
      const [, judged = ''] = /^(\S+): (?:accepted|rejected)/.exec(text) ?? [];
      const gated = gating.get(judged);
      if (gated !== undefined) now.add(gated);
    }
    for (const step of now) finished.add(step);
  }
  return problems;
}

function againProblems(again: LoopRun): string[] {
  const problems: string[] = [];
  if (again.exitCode !== 0) return [`the loop after the finished one ended with ${again.exitCode}`];
  if (summaryOf(again).fresh)
    problems.push('the loop after the finished one says that it found something new');
  if (again.wallMs > NOTHING_NEW_WITHIN_MS)
    problems.push(`the loop after the finished one took ${Math.round(again.wallMs)} ms`);
  const busy = again.lines.filter(({ text }) => /^mining|^exploring|: gating/.test(text));
  for (const { text } of busy) problems.push(`the loop after the finished one: ${text}`);
  return problems;
}

async function leftovers(target: TinyTarget, summary: LoopSummary): Promise<string[]> {
  const problems: string[] = [];
  const expectNone = (what: string, found: readonly unknown[]) => {
    if (found.length > 0) problems.push(`${what}: ${found.join(', ')}`);
  };
  const engine = await connectEngine({ owner: engineOwner(target.stateDirectory) });
  expectNone('containers left', await containersOf(engine));
  const temporary = await readdir(target.temporary);
  expectNone(
    'temporary folders left',
    temporary.filter((name) => /^whetstone/.test(name)),
  );

  const files = await readdir(target.datasets, { recursive: true });
  expectNone(
    'unfinished versions left',
    files.filter((name) => /\.freezing-[^/]*$/.test(name)),
  );
  const versions = await listVersions(target.datasets);
  if (versions.join() !== '1') problems.push(`dataset versions ${versions.join(', ')}, not 1`);
  const frontier = await listVersions(frontierRoot(target.datasets));
  if (frontier.length !== (summary.frontier === null ? 0 : 1))
    problems.push(`frontier versions ${frontier.join(', ') || 'none'}`);
  const datasets = simpleGit(target.datasets);
  expectNone('uncommitted in the datasets', lines(await datasets.raw(['status', '--porcelain'])));
  const commits = lines(await datasets.raw(['log', '--format=%s']));
  if (commits.length !== versions.length + frontier.length)
    problems.push(`commits of the datasets: ${commits.join('; ')}`);

  const refs = ['for-each-ref', '--format=%(refname:short)', 'refs/heads/whetstone'];
  const branches = lines(await simpleGit(target.remote).raw(refs)).sort();
  await using state = await openState({
    stateDirectory: target.stateDirectory,
    target: target.name,
    progress: () => {},
    signal: new AbortController().signal,
  });
  const requests = (await state.publications.pullRequests()).map(({ branch }) => branch);
  if (requests.toSorted().join() !== branches.join())
    problems.push(`branches ${branches.join(', ')}, pull requests ${requests.join(', ')}`);
  expectNone('doubled pull requests', doubled(requests));
  const cases = await state.cases.list();
  expectNone('doubled cases', doubled(cases.map((one) => one.id)));
  const candidates = await state.candidates.list();
  expectNone('doubled candidates', doubled(candidates.map((one) => `${one.caseId} ${one.patchSha256}`)));
  const judged = new Set(candidates.filter((one) => one.state !== 'submitted').map((one) => one.caseId));
  expectNone(
    'cases of which no candidate was judged',
    candidates.filter((one) => !judged.has(one.caseId)).map((one) => one.caseId),
  );
  const verdicts = await state.candidates.verdicts();
  expectNone('doubled verdicts', doubled(verdicts.map((one) => `${one.candidateId} ${one.run}`)));
  return problems;
}

const doubled = (items: readonly string[]): string[] =>
  items.filter((item, at) => items.indexOf(item) !== at);

const lines = (output: string): string[] => output.split('\n').filter((line) => line !== '');
