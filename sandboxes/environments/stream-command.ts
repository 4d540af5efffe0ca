import type { Sandbox } from '../containers/sandbox.ts';

export interface StreamedCommand {
  /** `stopped` by the receiver, who had enough. */
  outcome: 'completed' | 'timed_out' | 'stopped';
  exitCode: number | null;
  stderr: string;
}

/** Runs a command and hands on its output as it comes, until `take` returns false; it waits for a slow receiver. */
export async function streamCommand(
  sandbox: Sandbox,
  command: readonly string[],
  options: { timeoutMs: number; cwd?: string },
  take: (chunk: Buffer) => boolean,
): Promise<StreamedCommand> {
  const { timeoutMs, ...where } = options;
  const pipe = await sandbox.pipe(['timeout', '-k', '1', String(timeoutMs / 1000), ...command], where);
  let stopped = false;
  // Leaving the loop destroys the pipe, which kills the command.
  for await (const chunk of pipe as AsyncIterable<Buffer>) {
    stopped = !take(chunk);
    if (stopped) break;
  }
  if (stopped) return { outcome: 'stopped', exitCode: null, stderr: '' };
  const { exitCode } = pipe;
  return {
    outcome: exitCode === 124 || exitCode === 137 ? 'timed_out' : 'completed',
    exitCode,
    stderr: pipe.stderrTail(),
  };
}

/**
 * Cuts a stream of bytes into fields, each ended by the next of `separators` in turn, and stops when `onField` returns
 * false. Of a field only the first `maxBytes` are kept.
 */
export function splitFields(
  separators: readonly number[],
  maxBytes: number,
  onField: (field: Buffer, index: number) => boolean,
): (chunk: Buffer) => boolean {
  let index = 0;
  let kept: Buffer[] = [];
  let room = maxBytes;
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      const end = chunk.indexOf(separators[index] as number, at);
      const piece = chunk.subarray(at, end === -1 ? chunk.length : end).subarray(0, room);
      kept.push(piece);
      room -= piece.length;
      if (end === -1) return true;
      if (!onField(Buffer.concat(kept), index)) return false;
      index = (index + 1) % separators.length;
      kept = [];
      room = maxBytes;
      at = end + 1;
    }
    return true;
  };
}
