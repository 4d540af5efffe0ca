import { z } from 'zod';
import { Fault } from '../../datasets/fault.ts';
import { type Command, defineCommand } from '../define-command.ts';

type JsonSchema = Record<string, unknown>;

export function schemaCommand(loadCommands: () => Promise<Command[]>) {
  return defineCommand({
    name: 'schema',
    summary: 'print the JSON Schema of what a command prints under --json',
    examples: ['whetstone schema patterns', 'whetstone schema > whetstone-schemas.json'],
    args: [
      { notation: '[command...]', describe: 'the command, as in `dataset list`; without it all of them' },
    ],
    options: [],
    input: z.object({ command: z.array(z.string()).default([]) }),
    output: z.object({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) }),
    async run({ command }) {
      const commands = await loadCommands();
      const name = command.join(' ');
      const chosen = commands.filter(
        (one) => name === '' || one.name === name || one.name.startsWith(`${name} `),
      );
      if (chosen.length === 0) {
        throw new Fault('unknown-command', `There is no command \`${name}\`.`, {
          hint: `The commands are ${commands.map((one) => one.name).join(', ')}.`,
        });
      }
      const schemas = Object.fromEntries(chosen.map((one) => [one.name, publishedSchema(one)]));
      const printed = name === '' || chosen.length > 1 ? schemas : Object.values(schemas)[0];
      return { document: { schemas }, text: JSON.stringify(printed, null, 2), exitCode: 0 };
    },
  });
}

function publishedSchema(command: Command): JsonSchema {
  const schema = z.toJSONSchema(command.output, { io: 'output' }) as JsonSchema;
  return { title: `whetstone ${command.name} --json`, ...withVersion(schema, command.name) };
}

/** The version is added to each document when it is printed, so the schema gets it in the same place. */
function withVersion(schema: JsonSchema, name: string): JsonSchema {
  for (const key of ['anyOf', 'oneOf']) {
    const choices = schema[key];
    if (Array.isArray(choices)) {
      return { ...schema, [key]: choices.map((choice: JsonSchema) => withVersion(choice, name)) };
    }
  }
  if (schema['type'] !== 'object') throw new Error(`the output of \`${name}\` is not an object`);
  return {
    ...schema,
    properties: { schemaVersion: { const: 1 }, ...(schema['properties'] as JsonSchema | undefined) },
    required: ['schemaVersion', ...((schema['required'] as string[] | undefined) ?? [])],
  };
}
