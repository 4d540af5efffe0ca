import { execa } from 'execa';
import { REPOSITORY } from './repository.ts';

/** Where a target's configuration and state are. */
export interface Place {
  configPath: string;
  stateDirectory: string;
}

/**
 * What the real program answers under `--json`, in a process of its own. An exit code besides 0 and 1 is an error with what it
 * said last.
 */
export async function askProgram(
  { configPath, stateDirectory }: Place,
  words: readonly string[],
  { input = '', timeoutMs }: { input?: string | undefined; timeoutMs?: number } = {},
): Promise<{ exitCode: number; stdout: string; document: unknown }> {
  const { exitCode, stdout, stderr } = await execa(
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
    { input, reject: false, ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }) },
  );
  if (exitCode !== 0 && exitCode !== 1) throw new Error(stderr.slice(-2_000));
  return { exitCode, stdout, document: JSON.parse(stdout) };
}
