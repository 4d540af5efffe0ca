import { z } from 'zod';
import { defineTool } from './define-tool.ts';

const MAX_OUTPUT_BYTES = 4 * 2 ** 20;

export const envExec = defineTool({
  name: 'env_exec',
  title: 'Run a command',
  description:
    'Runs a command in an environment and returns its exit code and output (at most 4 MB of each; `truncated` says ' +
    'that some was dropped). The command and all it started are killed when timeoutMs passes.',
  input: z.strictObject({
    env: z.string(),
    command: z.array(z.string()).min(1),
    stdin: z.string().optional(),
    cwd: z.string().default('/target'),
    timeoutMs: z.int().positive().max(600_000).default(60_000),
  }),
  output: z.strictObject({
    outcome: z.enum(['completed', 'timed_out', 'output_limit']),
    exitCode: z.int().nullable(),
    stdout: z.string(),
    stderr: z.string(),
    truncated: z.boolean(),
    wallMs: z.number(),
  }),
  annotations: { readOnly: false, destructive: true, idempotent: false, openWorld: false },
  roles: ['miner', 'fixer', 'operator'],
  run: (input, { services, principal, signal }) =>
    services.environments.get(input.env, principal).exec(input.command, {
      cwd: input.cwd,
      timeoutMs: input.timeoutMs,
      maxOutputBytes: MAX_OUTPUT_BYTES,
      signal,
      ...(input.stdin === undefined ? {} : { stdin: input.stdin }),
    }),
});
