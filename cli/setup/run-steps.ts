export interface Step {
  title: string;
  run: (progress: (line: string) => void) => Promise<void>;
}

/** One step after the other: a live list on a terminal, plain lines elsewhere, all of it on stderr. */
export async function runSteps(
  steps: readonly Step[],
  say: { quiet: boolean; progress: (line: string) => void },
): Promise<void> {
  if (say.quiet || process.stderr.isTTY !== true) {
    for (const { title, run } of steps) {
      say.progress(`${title}…`);
      await run((line) => say.progress(`  ${line}`));
    }
    return;
  }
  const { Listr, ListrLogger, ProcessOutput } = await import('listr2');
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const tasks = steps.map(({ title, run }) => ({
    title,
    task: (_: unknown, task: { output: string }) =>
      run((line) => {
        task.output = line;
      }),
  }));
  // Signals are main.ts's: it aborts what runs and lets it clean up.
  await new Listr(tasks, { registerSignalListeners: false, rendererOptions: { logger } }).run();
}
