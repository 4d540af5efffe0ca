import { readFileSync } from 'node:fs';
import { Argument, Command as Commander, Option } from 'commander';
import type { Command } from './define-command.ts';

/** A command with what the person gave it, not parsed yet: arguments and options by camel-cased name. */
export interface Invocation {
  command: Command;
  given: Record<string, unknown>;
}

/** Options of every command, accepted before or after its name. */
export interface GlobalOptions {
  config?: string;
  state?: string;
  json?: true;
  quiet?: true;
  verbose?: true;
}

/**
 * Commander's program for these commands. It writes nothing by itself: help and usage errors come as a thrown
 * CommanderError, their text through `write`.
 */
export function buildProgram(
  commands: readonly Command[],
  onInvocation: (invocation: Invocation) => void,
  write: { out: (text: string) => void; err: (text: string) => void },
): Commander {
  const program = frame(new Commander('whetstone'), write)
    .description(
      'Turns production failures into evals, and accepts only patches that measurement cannot fault.',
    )
    .version(packageVersion(), '-V, --version')
    .option('--config <file>', 'the configuration (default: whetstone.config.ts here or above)')
    .option('--state <dir>', 'the state directory (default: $WHETSTONE_HOME, else one a target)')
    .option('--json', 'print one JSON document on stdout')
    .option('--quiet', 'no progress on stderr')
    .option('--verbose', 'more on stderr: stack traces of errors')
    .addHelpText(
      'after',
      examplesText(['whetstone patterns slow.log', 'whetstone doctor', 'whetstone help patterns']),
    );
  program.helpCommand('help [command]', 'show what a command takes');
  const groups = new Map<string, Commander>();
  for (const command of commands) {
    const words = command.name.split(' ');
    const leaf = words.pop() as string;
    let parent = program;
    for (const word of words) {
      const group = groups.get(word) ?? frame(parent.command(word), write);
      groups.set(word, group);
      parent = group;
    }
    addCommand(frame(parent.command(leaf), write), command, onInvocation);
  }
  return program;
}

function frame(
  commander: Commander,
  write: { out: (text: string) => void; err: (text: string) => void },
): Commander {
  return commander
    .exitOverride()
    .configureOutput({ writeOut: write.out, writeErr: write.err })
    .configureHelp({ showGlobalOptions: true })
    .helpOption('--help', 'show this');
}

function addCommand(
  commander: Commander,
  command: Command,
  onInvocation: (invocation: Invocation) => void,
): void {
  commander.description(command.summary).addHelpText('after', examplesText(command.examples));
  for (const { notation, describe } of command.args) commander.addArgument(new Argument(notation, describe));
  for (const { notation, describe } of command.options) commander.addOption(new Option(notation, describe));
  commander.action(() => {
    const given: Record<string, unknown> = { ...commander.opts() };
    commander.registeredArguments.forEach((argument, at) => {
      const value: unknown = commander.processedArgs[at];
      if (value !== undefined) given[camelCase(argument.name())] = value;
    });
    onInvocation({ command, given });
  });
}

function examplesText(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}\n`;
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
