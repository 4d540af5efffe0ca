import { z } from 'zod';
import { defineTool } from './define-tool.ts';

export const envWriteFile = defineTool({
  name: 'env_write_file',
  title: 'Write a file',
  description: 'Writes one text file in an environment, making its folders, replacing what was there.',
  input: z.strictObject({
    env: z.string(),
    path: z.string().startsWith('/'),
    content: z.string().max(2 ** 20),
  }),
  output: z.strictObject({ bytes: z.int() }),
  annotations: { readOnly: false, destructive: true, idempotent: true, openWorld: false },
  roles: ['miner', 'fixer', 'operator'],
  run: async (input, { services, principal }) => {
    await services.environments.get(input.env, principal).writeFile(input.path, input.content);
    return { bytes: Buffer.byteLength(input.content) };
  },
});
