import { posix } from 'node:path';
import type { Judged } from '../choose-plans.ts';
import type { Subject } from '../plan.ts';
import { runInEnvironment } from '../run-in-environment.ts';
import type { ToolCalls } from '../tool-calls.ts';
import { patchFiles } from './patch-files.ts';

const LIMIT_MS = 60_000;

// A diff may have staged what an earlier plan left, so the index goes back too.
const CLEAN_AND_LIST =
  'git reset -q --hard HEAD && git clean -fdq && git ls-tree --name-only -z HEAD -- "$1/" "$2/"';

/** Writes the plan into a clean tree of the environment and hands the difference in as a candidate. */
export async function submitPlan(
  tools: ToolCalls,
  env: string,
  subject: Subject,
  judged: Judged,
  baseMs: number,
) {
  const { plan, visibleMs } = judged;
  const shell = (script: string, ...args: string[]) =>
    runInEnvironment(tools, {
      env,
      command: ['sh', '-c', script, 'sh', ...args],
      timeoutMs: LIMIT_MS,
      cwd: '/target',
    });
  const { layout, query } = subject;
  const tree = (await shell(CLEAN_AND_LIST, layout.migrations, layout.refresh)).split('\0');
  const list = (folder: string) =>
    tree
      .filter((file) => posix.resolve('/', file, '..') === posix.resolve('/', folder))
      .map((file) => posix.basename(file));
  const { content: querySource } = await tools.env_read_file({
    env,
    path: `/target/${layout.queries}/${query}.sql`,
  });
  const [migrations, refreshes] = [list(layout.migrations), list(layout.refresh)];
  const manifest =
    plan.module === undefined
      ? ''
      : (await tools.env_read_file({ env, path: '/target/package.json' })).content;
  const target = { query, layout, querySource, baseSql: subject.sql, migrations, refreshes, manifest };
  for (const { path, content } of patchFiles(plan, target, { baseMs, planMs: visibleMs })) {
    if (content === null) await shell('rm -- "$1"', path);
    else await tools.env_write_file({ env, path: `/target/${path}`, content });
  }
  return tools.candidate_submit({
    case: subject.caseId,
    env,
    kind: plan.kind,
    label: plan.label,
    planId: plan.id,
    rationale: rationaleOf(judged, baseMs),
  });
}

function rationaleOf({ plan, cell, visibleMs, worstMs }: Judged, baseMs: number): string {
  const storage = cell.storageBytes === null ? '' : `, ${(cell.storageBytes / 2 ** 20).toFixed(1)} MiB`;
  const build = cell.buildMs === null ? '' : `, built in ${Math.round(cell.buildMs)} ms`;
  return (
    `${plan.label}: rows equal on every parameter set tried; slowest visible set ${baseMs.toFixed(1)} → ${visibleMs.toFixed(1)} ms, ` +
    `slowest set made from the statistics ${worstMs.toFixed(1)} ms${storage}${build}. Ideas: ${plan.ideas.join(', ')}.`
  );
}
