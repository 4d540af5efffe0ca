import { z } from 'zod';
import { defineTool } from './define-tool.ts';

export const caseList = defineTool({
  name: 'case_list',
  title: 'List cases',
  description:
    'Lists the cases that are open to be fixed, with the query and the most milliseconds it may take.',
  input: z.strictObject({}),
  output: z.strictObject({
    cases: z.array(z.strictObject({ case: z.string(), query: z.string(), objectiveMs: z.number() })),
  }),
  annotations: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  roles: ['miner', 'fixer', 'reviewer', 'operator'],
  run: async (_input, { services }) => ({ cases: await services.cases.list() }),
});
