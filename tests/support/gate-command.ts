import type { z } from 'zod';
import { QueryGate } from '../../cli/commands/gate.ts';
import { askProgram, type Place } from './ask-program.ts';

/** Where a loop has run. */
export type FinishedLoop = Place;

export interface Gated {
  exitCode: number;
  document: z.output<typeof QueryGate>;
  stdout: string;
}

/** `whetstone gate` of the real program on a patch's text, or on what `--patch` names where the text is null. */
export async function gate(
  place: FinishedLoop,
  patch: string | null,
  words: readonly string[],
): Promise<Gated> {
  const { exitCode, stdout, document } = await askProgram(
    place,
    ['gate', ...(patch === null ? [] : ['--patch', '-']), ...words],
    { input: patch ?? '', timeoutMs: 20 * 60_000 },
  );
  const { schemaVersion: _, ...answer } = document as Record<string, unknown>;
  return { exitCode, document: QueryGate.parse(answer), stdout };
}
