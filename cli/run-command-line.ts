import { CommanderError } from 'commander';
import { z } from 'zod';
import { Fault } from '../datasets/fault.ts';
import { buildProgram, type GlobalOptions, type Invocation } from './build-program.ts';
import { commandLoaders, loadCommands } from './commands/index.ts';
import type { ExitCode } from './define-command.ts';
import { explainError, faultOfFields, wrapParagraph } from './explain-error.ts';

/** The process as the command line sees it. */
export interface Terminal {
  cwd: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  columns: number;
  out: (text: string) => void;
  err: (text: string) => void;
}

/** Runs one command line (`argv` without node and script) and returns its exit code; it never throws. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const json = mentions(argv, '--json');
  try {
    const invocation = await parse(argv, terminal, json);
    return invocation === undefined
      ? 0
      : await Promise.race([answer(invocation, terminal), graceEnds(terminal.signal)]);
  } catch (error) {
    const interrupted = terminal.signal.aborted;
    const told = interrupted
      ? {
          code: 'interrupted',
          message: 'Interrupted; what was done so far is kept.',
          hint: 'The same command goes on from here.',
          exitCode: 130 as const,
        }
      : explainError(error);
    terminal.err(`${wrapParagraph(`${sentence(told.message)} ${sentence(told.hint)}`, terminal.columns)}\n`);
    if (mentions(argv, '--verbose') && error instanceof Error) terminal.err(`${stackOf(error)}\n`);
    if (json) {
      const { code, message, hint } = told;
      terminal.out(`${JSON.stringify({ schemaVersion: 1, error: { code, message, hint } })}\n`);
    }
    return told.exitCode;
  }
}

/**
 * How long an interrupted command may take to clean up, milliseconds. One that waits for something without an eye on
 * the signal is left there: what it started ends with this process, or is reaped by the next.
 */
const graceMs = 10_000;

function graceEnds(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => setTimeout(reject, graceMs, signal.reason), {
      once: true,
    });
  });
}

interface Parsed extends Invocation {
  globals: GlobalOptions;
}

/** Undefined when the line asked for help or the version, which is then printed. */
async function parse(
  argv: readonly string[],
  terminal: Terminal,
  json: boolean,
): Promise<Parsed | undefined> {
  const wanted = commandNames(argv);
  // The version is told without any of them, help with all.
  const asksVersion = wanted.length === 0 && (mentions(argv, '--version') || mentions(argv, '-V'));
  const commands = asksVersion ? [] : await loadCommands(wanted.length === 0 ? undefined : wanted);
  let found: Invocation | undefined;
  let told = '';
  const program = buildProgram(
    commands,
    (invocation) => {
      found = invocation;
    },
    {
      out: terminal.out,
      err: (text) => {
        told += text;
      },
    },
  );
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    if (error.code === 'commander.help') {
      if (!json) terminal.err(`${told}\n`);
      throw new Fault('usage', 'A command is missing.', { hint: 'Run `whetstone --help` for the list.' });
    }
    const name = found === undefined ? wanted[0]?.split(' ')[0] : undefined;
    const message = error.message.replace(/^error: /, '').replace(/\n\(?(Did you mean [^)]*)\)?$/, '. $1');
    throw new Fault(
      'usage',
      sentence(`${name === undefined ? 'whetstone' : `whetstone ${name}`}: ${message}`),
      {
        hint: `Run \`whetstone ${name === undefined ? '' : `${name} `}--help\` for what it takes.`,
        cause: error,
      },
    );
  }
  return found === undefined ? undefined : { ...found, globals: program.opts<GlobalOptions>() };
}

async function answer({ command, given, globals }: Parsed, terminal: Terminal): Promise<ExitCode> {
  const input = command.input.safeParse(given);
  if (!input.success) {
    throw faultOfFields(
      input.error,
      `whetstone ${command.name}`,
      `Run \`whetstone ${command.name} --help\` for what it takes.`,
    );
  }
  const quiet = globals.quiet === true;
  const { document, text, exitCode } = await command.run(input.data, {
    cwd: terminal.cwd,
    env: terminal.env,
    signal: terminal.signal,
    json: globals.json === true,
    quiet,
    verbose: globals.verbose === true,
    config: globals.config,
    state: globals.state,
    progress: quiet ? () => {} : (line) => terminal.err(`${line}\n`),
  });
  if (globals.json === true) {
    const checked = command.output.safeParse(document);
    if (!checked.success) {
      throw new Error(
        `the document of \`whetstone ${command.name}\` does not match its schema: ${z.prettifyError(checked.error)}`,
      );
    }
    terminal.out(`${JSON.stringify({ schemaVersion: 1, ...(checked.data as object) })}\n`);
  } else if (text !== '') {
    terminal.out(text.endsWith('\n') ? text : `${text}\n`);
  }
  return terminal.signal.aborted ? 130 : exitCode;
}

/** The loaders that this line may need: none found means all of them, for help and for suggestions. */
function commandNames(argv: readonly string[]): string[] {
  const first = firstOperand(argv);
  const names = Object.keys(commandLoaders);
  return first === undefined ? [] : names.filter((name) => name === first || name.startsWith(`${first} `));
}

function firstOperand(argv: readonly string[]): string | undefined {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string;
    if (word === '--config' || word === '--state') at++;
    else if (!word.startsWith('-')) return word;
  }
  return undefined;
}

/** Errors of parsing itself must know how to speak, so these two are looked up before it. */
function mentions(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes(flag);
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

function stackOf(error: Error): string {
  const own = error.stack ?? String(error);
  return error.cause instanceof Error ? `${own}\nCaused by: ${stackOf(error.cause)}` : own;
}
