import { z } from 'zod';
import { defineTool } from './define-tool.ts';

export const envDestroy = defineTool({
  name: 'env_destroy',
  title: 'Remove an environment',
  description: 'Removes an environment and all in it.',
  input: z.strictObject({ env: z.string() }),
  output: z.strictObject({}),
  annotations: { readOnly: false, destructive: true, idempotent: false, openWorld: false },
  roles: ['miner', 'fixer', 'operator'],
  run: async (input, { services, principal }) => {
    await services.environments.destroy(input.env, principal);
    return {};
  },
});
