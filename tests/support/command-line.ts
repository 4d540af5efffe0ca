import { runCommandLine } from '../../cli/run-command-line.ts';

/**
 * One command line in this process: each start of the program costs a second or more. What `bin/` and `cli/main.ts`
 * add to it (signals, streams, the exit code) is tested on the program itself. `env` is added to this process's own; an
 * undefined variable is taken out.
 */
export async function commandLine(
  words: readonly string[],
  { cwd, env }: { cwd: string; env: Record<string, string | undefined> },
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCommandLine(words, {
    cwd,
    env: { ...process.env, ...env },
    signal: new AbortController().signal,
    columns: 100,
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
  });
  return { exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}
