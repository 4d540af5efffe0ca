import { homedir } from 'node:os';
import { z } from 'zod';
import { stateDirectory } from '../../loops/state/state-directory.ts';
import { LoopSummary } from '../../loops/workflows/summarise.ts';
import { defineCommand } from '../define-command.ts';
import { prepareExample } from '../example/prepare-example.ts';
import { openWorkspace } from '../open-workspace.ts';
import { runLoop } from '../run-loop.ts';
import { renderLoop } from './loop.ts';

export const startCommand = defineCommand({
  name: 'start',
  summary: 'run the loop on the flights example, then ask its frontier anew with engines allowed',
  examples: ['npm start', 'npm start -- --json', 'npm start -- --full'],
  args: [],
  options: [{ notation: '--full', describe: 'all 3,000,000 rows instead of every third' }],
  input: z.object({ full: z.boolean().default(false) }),
  output: LoopSummary,
  async run({ full }, context) {
    const directory = await stateDirectory({
      env: context.env,
      target: full ? 'flights-full' : 'flights',
      isRoot: process.getuid?.() === 0,
      home: homedir(),
      ...(context.state === undefined ? {} : { state: context.state }),
    });
    const config = await prepareExample(directory, { full });
    await using workspace = await openWorkspace({ ...context, config, state: directory });
    const summary = await runLoop(workspace, context, { frontierWith: ['engine'] });
    const text = `${renderLoop(summary)}\n      (each with --config ${config})`;
    return { document: summary, text, exitCode: 0 };
  },
});
