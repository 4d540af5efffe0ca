import { z } from 'zod';
import { defineTool } from './define-tool.ts';

const MAX_FILE_BYTES = 2 ** 20;

export const envReadFile = defineTool({
  name: 'env_read_file',
  title: 'Read a file',
  description: 'Returns the text of one file in an environment; files above 1 MB are refused.',
  input: z.strictObject({ env: z.string(), path: z.string().startsWith('/') }),
  output: z.strictObject({ content: z.string() }),
  annotations: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  roles: ['miner', 'fixer', 'operator'],
  run: async (input, { services, principal }) => {
    const sandbox = services.environments.get(input.env, principal);
    const content = await sandbox.readFile(input.path, { maxBytes: MAX_FILE_BYTES });
    return { content: content.toString('utf8') };
  },
});
