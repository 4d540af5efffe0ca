import { z } from 'zod';
import { defineTool } from './define-tool.ts';
import { readDiff } from './read-diff.ts';

export const envDiff = defineTool({
  name: 'env_diff',
  title: 'Show the change',
  description:
    'Returns what changed in /target since the environment was made, as a git patch with new files.',
  input: z.strictObject({ env: z.string() }),
  output: z.strictObject({ patch: z.string() }),
  annotations: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  roles: ['miner', 'fixer', 'operator'],
  run: async (input, { services, principal, signal }) => ({
    patch: await readDiff(services.environments.get(input.env, principal), signal),
  }),
});
