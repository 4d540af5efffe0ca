import { z } from 'zod';
import { PlanKind } from '../datasets/cases/plan-kind.ts';
import { Fault } from '../datasets/fault.ts';
import { defineTool } from './define-tool.ts';
import { readDiff } from './read-diff.ts';

export const candidateSubmit = defineTool({
  name: 'candidate_submit',
  title: 'Submit a candidate',
  description:
    'Submits the change of an environment as a candidate for a case. The gate judges it later in fresh sandboxes; ' +
    'the same patch again is free.',
  input: z.strictObject({
    case: z.string(),
    env: z.string(),
    kind: PlanKind,
    label: z.string().max(500),
    planId: z.string().max(200),
    rationale: z.string().max(10_000),
  }),
  output: z.strictObject({ candidate: z.string(), state: z.enum(['queued', 'known']) }),
  annotations: { readOnly: false, destructive: false, idempotent: true, openWorld: false },
  roles: ['fixer', 'operator'],
  run: async ({ env, ...submission }, { services, principal, signal }) => {
    const patch = await readDiff(services.environments.get(env, principal), signal);
    if (patch === '') {
      throw new Fault('empty-patch', 'the environment has no change to submit', {
        hint: 'change a file below /target first; env_diff shows what would be submitted',
      });
    }
    return services.candidates.submit({ ...submission, patch }, principal);
  },
});
