import { z } from 'zod';
import { defineTool } from './define-tool.ts';

export const envCreate = defineTool({
  name: 'env_create',
  title: 'Make an environment',
  description:
    'Starts a sandbox for one case: the repository at /target as one commit, PostgreSQL up with the data, no network. ' +
    'Returns a handle for the other env_ tools. Destroy it when you are done.',
  input: z.strictObject({ case: z.string() }),
  output: z.strictObject({ env: z.string() }),
  annotations: { readOnly: false, destructive: false, idempotent: false, openWorld: false },
  roles: ['miner', 'fixer', 'operator'],
  run: async (input, { services, principal, signal }) => ({
    env: await services.environments.create(input.case, principal, signal),
  }),
});
