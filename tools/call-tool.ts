import type { z } from 'zod';
import { Fault } from '../datasets/fault.ts';
import type { Tool, ToolContext } from './define-tool.ts';

/**
 * Runs one tool for one caller: role, input and output are checked here, whatever the transport.
 *
 * @throws Fault `forbidden` or `bad-input`; what the tool itself throws goes through.
 */
export async function callTool<I extends z.ZodType, O extends z.ZodType>(
  tool: Tool<I, O>,
  input: z.input<I>,
  context: ToolContext,
): Promise<z.output<O>> {
  if (!tool.roles.includes(context.principal.role)) {
    throw new Fault('forbidden', `${tool.name} is not for the role ${context.principal.role}`, {
      hint: `it is for ${tool.roles.join(', ')}`,
    });
  }
  const parsed = tool.input.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`,
    );
    throw new Fault('bad-input', `${tool.name} refused its input: ${problems.join('; ')}`, {
      hint: `call ${tool.name} again with these fields corrected`,
    });
  }
  context.signal.throwIfAborted();
  return tool.output.parse(await tool.run(parsed.data, context));
}
