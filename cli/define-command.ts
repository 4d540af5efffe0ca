import type { z } from 'zod';

/** What a command may touch: everything else is passed in by name when the parts are wired in main.ts. */
export interface CommandContext {
  cwd: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  json: boolean;
  quiet: boolean;
  verbose: boolean;
  /** `--config F` as given, or undefined. */
  config: string | undefined;
  /** `--state DIR` as given, or undefined. */
  state: string | undefined;
  /** Progress for people, on stderr; silent under --quiet. */
  progress: (line: string) => void;
}

/** 0 done · 1 the answer is no · 2 bad input · 3 infrastructure · 4 budget used up · 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 130;

/** `document` is what `--json` prints (schemaVersion is added by main.ts); `text` is for people. */
export interface Answer<D> {
  document: D;
  text: string;
  exitCode: ExitCode;
}

/**
 * A command is a value: `args` and `options` are commander's own notation (`'<log...>'`, `'--top <n>'`), `input`
 * parses commander's result, and `output` is the schema that `whetstone schema NAME` publishes and that the
 * document is checked against.
 */
export interface Command<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  name: string;
  summary: string;
  examples: readonly string[];
  args: readonly { notation: string; describe: string }[];
  options: readonly { notation: string; describe: string }[];
  /** Parses `{ args: string[], options: Record<string, unknown> }` flattened: option names camelCased, arguments by name. */
  input: I;
  output: O;
  run(input: z.output<I>, context: CommandContext): Promise<Answer<z.input<O>>>;
}

export function defineCommand<I extends z.ZodType, O extends z.ZodType>(
  command: Command<I, O>,
): Command<I, O> {
  return command;
}
