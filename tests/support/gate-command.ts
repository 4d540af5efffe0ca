import { execa } from 'execa';
import type { z } from 'zod';
import { QueryGate } from '../../cli/commands/gate.ts';
import { REPOSITORY } from './repository.ts';

/** Where a loop has run. */
export interface FinishedLoop {
  stateDirectory: string;
  configPath: string;
}

export interface Gated {
  exitCode: number | undefined;
  document: z.output<typeof QueryGate>;
  stdout: string;
}

/** `whetstone gate` of the real program on a patch's text, or on what `--patch` names where the text is null. */
export async function gate(
  { stateDirectory, configPath }: FinishedLoop,
  patch: string | null,
  words: readonly string[],
): Promise<Gated> {
  const done = await execa(
    process.execPath,
    [
      `${REPOSITORY}/bin/whetstone.mjs`,
      ...['gate', '--json', '--config', configPath, '--state', stateDirectory],
      ...(patch === null ? [] : ['--patch', '-']),
      ...words,
    ],
    { input: patch ?? '', reject: false, timeout: 20 * 60_000 },
  );
  if (done.exitCode !== 0 && done.exitCode !== 1) throw new Error(done.stderr.slice(-2_000));
  const { schemaVersion: _, ...document } = JSON.parse(done.stdout) as Record<string, unknown>;
  return { exitCode: done.exitCode, document: QueryGate.parse(document), stdout: done.stdout };
}
