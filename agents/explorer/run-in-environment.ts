import { Fault } from '../../datasets/fault.ts';
import type { ToolCalls } from './tool-calls.ts';

/** Standard output of a command that must end with 0; anything else is a fault of the infrastructure. */
export async function runInEnvironment(
  tools: ToolCalls,
  call: { env: string; command: string[]; stdin?: string; timeoutMs: number; cwd?: string },
): Promise<string> {
  const result = await tools.env_exec(call);
  if (result.outcome === 'completed' && result.exitCode === 0 && !result.truncated) return result.stdout;
  const what =
    result.outcome !== 'completed'
      ? result.outcome.replace('_', ' ')
      : result.truncated
        ? 'had its output cut'
        : `ended with ${result.exitCode}`;
  throw new Fault(
    'explorer_command_failed',
    `${call.command.slice(0, 3).join(' ')} ${what} in the explorer's environment: ${result.stderr.trim().slice(-600) || 'no message'}`,
    {
      hint: 'Check with `whetstone doctor` that the sandbox image has node, git and pg, then run it again.',
      kind: 'infrastructure',
    },
  );
}
