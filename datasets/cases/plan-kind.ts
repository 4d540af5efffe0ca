import { z } from 'zod';

/** What kinds of change a candidate may make to a query. */
export const PlanKind = z.enum(['index', 'rewrite', 'materialise', 'engine']);
export type PlanKind = z.infer<typeof PlanKind>;
