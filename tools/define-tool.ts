import type { z } from 'zod';
import type { Services } from './services.ts';

export type Role = 'miner' | 'fixer' | 'reviewer' | 'operator';

/** Who calls, and on whose behalf handles are checked. */
export interface Principal {
  id: string;
  role: Role;
}

export interface ToolContext {
  principal: Principal;
  signal: AbortSignal;
  progress: (message: string) => void;
  services: Services;
}

/** A tool is a value: the transport knows none of them. `run` gets parsed input and gives what `output` describes. */
export interface Tool<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  name: string;
  title: string;
  /** Written for a model that has never seen this product. */
  description: string;
  input: I;
  output: O;
  annotations: { readOnly: boolean; destructive: boolean; idempotent: boolean; openWorld: boolean };
  roles: readonly Role[];
  run(input: z.output<I>, context: ToolContext): Promise<z.input<O>>;
}

export function defineTool<I extends z.ZodType, O extends z.ZodType>(tool: Tool<I, O>): Tool<I, O> {
  return tool;
}
