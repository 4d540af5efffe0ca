import { z } from 'zod';
import { PlanKind } from '../datasets/cases/plan-kind.ts';
import { Params } from '../datasets/patterns/pattern.ts';
import { defineTool } from './define-tool.ts';

export const caseGet = defineTool({
  name: 'case_get',
  title: 'Read a case',
  description:
    'Returns what a fixer may know of one case: the instruction, the SQL, visible parameters, the objective and the ' +
    'kinds of change that are allowed.',
  input: z.strictObject({ case: z.string() }),
  output: z.strictObject({
    case: z.string(),
    query: z.string(),
    sql: z.string(),
    visible: z.array(Params),
    ordered: z.boolean(),
    objectiveMs: z.number(),
    stalenessS: z.number(),
    allow: z.array(PlanKind),
    layout: z.strictObject({ queries: z.string(), migrations: z.string(), refresh: z.string() }),
    packages: z.record(z.string(), z.string()),
    instruction: z.string(),
  }),
  annotations: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  roles: ['miner', 'fixer', 'reviewer', 'operator'],
  run: (input, { services }) => services.cases.get(input.case),
});
