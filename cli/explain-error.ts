import { z } from 'zod';
import { Fault } from '../datasets/fault.ts';
import type { ExitCode } from './define-command.ts';

/** What a person and a program are told of an error; `exitCode` follows from its kind. */
export interface Explanation {
  code: string;
  message: string;
  hint: string;
  exitCode: ExitCode;
}

const exitCodes = { input: 2, infrastructure: 3, budget: 4 } as const;

/** Faults of any part are told by their shape: `sandboxes` has a class of its own. */
const FaultShape = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  kind: z.enum(['input', 'infrastructure', 'budget']),
});

const systemHints: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some disk space, then run the same command again.',
  EACCES: 'Give this user the permission, or run the command as one who has it.',
  EPERM: 'Give this user the permission, or run the command as one who has it.',
  EMFILE: 'Raise the limit of open files (`ulimit -n 4096`), then run the same command again.',
};

export function explainError(error: unknown): Explanation {
  const fault = FaultShape.safeParse(error);
  if (fault.success) {
    const { kind, ...told } = fault.data;
    return { ...told, exitCode: exitCodes[kind] };
  }
  const message = error instanceof Error ? error.message || error.name : String(error);
  const systemCode = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const systemHint = systemCode === undefined ? undefined : systemHints[systemCode];
  if (systemCode !== undefined && systemHint !== undefined) {
    return { code: systemCode.toLowerCase(), message, hint: systemHint, exitCode: 3 };
  }
  return {
    code: 'unexpected',
    message: `Unexpected: ${message}`,
    hint: 'Run the same command again with --verbose for the stack trace, and report it if it stays.',
    exitCode: 3,
  };
}

/** Names each wrong field of what stood in `where` (a command, a file), with the reason. */
export function faultOfFields(error: z.ZodError, where: string, hint: string): Fault {
  const reasons = error.issues.map((issue) => {
    const field = issue.path.map(String).join('.');
    return field === '' ? issue.message : `\`${field}\`: ${issue.message}`;
  });
  return new Fault('bad-input', `${where}: ${reasons.join('; ')}.`, { hint, cause: error });
}

/** One paragraph, broken between words at `columns` characters. */
export function wrapParagraph(text: string, columns: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  if (line !== '') lines.push(line);
  return lines.join('\n');
}
