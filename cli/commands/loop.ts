import { z } from 'zod';
import { LoopSummary, renderLedger } from '../../loops/workflows/summarise.ts';
import { defineCommand } from '../define-command.ts';
import { openWorkspace } from '../open-workspace.ts';
import { runLoop } from '../run-loop.ts';

export const loopCommand = defineCommand({
  name: 'loop',
  summary: 'mine the log, explore, gate and publish; goes on where it was interrupted',
  examples: ['whetstone loop --once', 'whetstone loop --once --json > loop.json'],
  args: [],
  options: [
    {
      notation: '--once',
      describe: 'one pass over the sources, then end (what it does today without the flag as well)',
    },
  ],
  input: z.object({ once: z.boolean().default(true) }),
  output: LoopSummary,
  async run(_, context) {
    await using workspace = await openWorkspace(context);
    const summary = await runLoop(workspace, context, { frontierWith: [] });
    return { document: summary, text: renderLoop(summary), exitCode: 0 };
  },
});

/** The ledger with where to look next. */
export function renderLoop(summary: LoopSummary): string {
  const lines: string[] = [];
  if (!summary.fresh)
    lines.push('Nothing new: the log, the base and the configuration are those of this finished loop.', '');
  lines.push(renderLedger(summary), '');
  const next = ['whetstone pr list', 'whetstone matrix', 'whetstone frontier list'];
  lines.push(`next: ${next.join(' · ')}`);
  return lines.join('\n');
}
