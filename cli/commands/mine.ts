import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Split } from '../../datasets/cases/case.ts';
import { Fault } from '../../datasets/fault.ts';
import { holdLoopLock } from '../../loops/state/loop-lock.ts';
import { type CodeTarget, isCodeTarget } from '../../loops/target/load-target.ts';
import { limitTo, type MineReport, mineAll } from '../../loops/workflows/mine-all.ts';
import { type CodeMineReport, mineCode } from '../../loops/workflows/mine-code.ts';
import { type CommandContext, defineCommand } from '../define-command.ts';
import { formatCount } from '../format-figures.ts';
import { openAnyWorkspace, openCode, openLoop, type Workspace } from '../open-workspace.ts';
import { readPatchFile } from '../read-patch.ts';
import { renderTable } from '../render-table.ts';

export const mineCommand = defineCommand({
  name: 'mine',
  summary:
    'turn the patterns of the log, or failing tests, into admitted cases, and freeze them as a dataset version',
  examples: [
    'whetstone mine',
    'whetstone mine --source ../logs/postgresql.json --json',
    'whetstone mine --source tests',
    'whetstone mine --source tests --oracle right.patch',
  ],
  args: [],
  options: [
    {
      notation: '--source <source>',
      describe: "only this one of the configuration's sources; `tests` for code",
    },
    {
      notation: '--oracle <oracle...>',
      describe: 'for code: git patches or revisions that mend it, to admit cases by; sealed',
    },
  ],
  input: z.object({ source: z.string().optional(), oracle: z.array(z.string()).default([]) }),
  output: z.strictObject({
    patterns: z.int(),
    admitted: z.array(
      z.strictObject({
        case: z.string(),
        pattern: z.string(),
        /** Null for a case of code. */
        query: z.string().nullable(),
        split: Split,
      }),
    ),
    refused: z.array(
      z.strictObject({
        pattern: z.string(),
        /** Null where no query of the target has the pattern. */
        query: z.string().nullable(),
        check: z.string(),
        detail: z.string(),
      }),
    ),
    /** The version that holds what was admitted; null where nothing was. */
    dataset: z.strictObject({ name: z.string(), version: z.int(), sha256: z.string() }).nullable(),
  }),
  async run({ source, oracle }, context) {
    await using workspace = await openAnyWorkspace(context);
    const { target, state } = workspace;
    if (oracle.length > 0 && !isCodeTarget(target)) {
      throw new Fault('no-oracle', `${target.configPath}: a slow query has no use for --oracle`, {
        hint: "leave it out: what is right is what the base's own SQL answers",
      });
    }
    const report = isCodeTarget(target)
      ? await mineTests({ ...workspace, target, state }, context, { source, oracles: oracle })
      : await mineLogs({ ...workspace, target, state }, context, source);
    const { dataset } = report;
    return {
      document: {
        ...report,
        dataset: dataset && { name: dataset.name, version: dataset.version, sha256: dataset.sha256 },
      },
      text: renderMined(report, process.stdout.columns ?? 120),
      exitCode: report.admitted.length > 0 ? 0 : 1,
    };
  },
});

async function mineLogs(
  workspace: Workspace,
  context: CommandContext,
  given: string | undefined,
): Promise<MineReport> {
  const { target, state } = workspace;
  const known = target.config.sources.some((one) => one.path === given);
  const source = given === undefined || known ? given : path.resolve(context.cwd, given);
  // A name that is not configured is refused before images are built.
  if (source !== undefined) limitTo(target, source);
  await using _lock = await holdLoopLock(state);
  return mineAll(await openLoop(workspace, context), source);
}

/** The failing tests of a code target are its only source. */
async function mineTests(
  workspace: Workspace<CodeTarget>,
  context: CommandContext,
  { source: given, oracles }: { source: string | undefined; oracles: readonly string[] },
): Promise<CodeMineReport> {
  if (given !== undefined && given !== 'tests') {
    throw new Fault(
      'no-such-source',
      `${workspace.target.configPath}: a code target has no source ${given}`,
      {
        hint: 'its own failing tests are its source: `whetstone mine --source tests`',
      },
    );
  }
  const read = await Promise.all(
    oracles.map(async (name) =>
      existsSync(path.resolve(context.cwd, name))
        ? { name: path.basename(name), patch: await readPatchFile(name, context.cwd) }
        : { name },
    ),
  );
  await using _lock = await holdLoopLock(workspace.state);
  return mineCode(await openCode(workspace, context), read);
}

export function renderMined(
  { patterns, admitted, refused, dataset }: MineReport | CodeMineReport,
  columns: number,
): string {
  const lines = [
    `${formatCount(patterns, 'pattern')} → ${formatCount(admitted.length, 'case')} (${refused.length} refused)`,
  ];
  if (admitted.length > 0) lines.push('', 'admitted', ...admitted.map((one) => `  ${one.case}`));
  if (refused.length > 0) {
    const rows = refused.map((one) => [`  ${one.query ?? one.pattern.slice(0, 12)}`, one.check, one.detail]);
    lines.push('', ...renderTable(['refused', 'check', 'why'], rows, { columns }));
  }
  lines.push(
    '',
    dataset
      ? `${dataset.name}@v${dataset.version} holds ${formatCount(dataset.cases.length, 'case')}.\nnext: whetstone dataset show · whetstone loop`
      : 'Nothing was admitted, so nothing was frozen.\nnext: lower `objective` in the configuration if these queries should be faster, or give a log of more load',
  );
  return lines.join('\n');
}
