import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'smol-toml';
import type { z } from 'zod';
import { Fault } from '../fault.ts';
import { CodeCase } from './code-case.ts';
import { type CodeEnvironment, writeCodeHarborFiles } from './harbor/write-code-files.ts';

const SEALED = { hidden: true, guards: true, besideGuards: true, decisive: true, oracle: true } as const;
const Sealed = CodeCase.pick(SEALED);
const Open = CodeCase.omit(SEALED);

/** Writes one case as a Harbor task: see docs/cases.md for the files. */
export async function writeCodeCase(
  folder: string,
  codeCase: CodeCase,
  environment: CodeEnvironment,
): Promise<void> {
  const { hidden, guards, besideGuards, decisive, oracle, ...open } = codeCase;
  await mkdir(path.join(folder, 'tests'), { recursive: true });
  await writeFile(path.join(folder, 'instruction.md'), codeInstruction(codeCase, environment.canary));
  const task = {
    schema_version: '1.4',
    artifacts: ['/target'],
    task: { name: `whetstone/${codeCase.id}`, description: `Mend what fails in ${codeCase.title}.` },
    agent: { timeout_sec: 3600 },
    verifier: { timeout_sec: 900, environment_mode: 'separate' },
    environment: { build_timeout_sec: 1800, cpus: 1, memory_mb: 1024 },
    metadata: { whetstone: { canary: environment.canary, domain: 'code', case: JSON.stringify(open) } },
  };
  await writeFile(path.join(folder, 'task.toml'), `${stringify(task)}\n`);
  const sealed = { hidden, guards, besideGuards, decisive, oracle } satisfies z.input<typeof Sealed>;
  await writeFile(path.join(folder, 'tests', 'sealed.json'), `${JSON.stringify(sealed, null, 2)}\n`);
  await writeCodeHarborFiles(folder, codeCase, environment);
}

/**
 * Reads a case back, sealed parts included: for the loop and the operator alone.
 *
 * @throws Fault `broken-case`
 */
export async function readCodeCase(folder: string): Promise<CodeCase> {
  const file = path.join(folder, 'task.toml');
  try {
    const task = parse(await readFile(file, 'utf8')) as { metadata?: { whetstone?: { case?: string } } };
    const open = Open.parse(JSON.parse(task.metadata?.whetstone?.case ?? 'null'));
    const sealed = await readFile(path.join(folder, 'tests', 'sealed.json'), 'utf8');
    return { ...open, ...Sealed.parse(JSON.parse(sealed)) };
  } catch (cause) {
    throw new Fault(
      'broken-case',
      `${file} is not a case: ${cause instanceof Error ? cause.message : cause}`,
      {
        hint: 'a frozen dataset must not be edited: restore it from its git repository',
        cause,
      },
    );
  }
}

/** All that the fixer is told. */
export function codeInstruction({ title, visible, hidden }: CodeCase, canary: string): string {
  const told =
    visible.length > 0
      ? visible.map(({ id, message }) => `- \`${id}\`\n\n${indent(message)}`).join('\n\n')
      : hidden.map(({ id }) => `- \`${id}\``).join('\n');
  return `<!-- canary ${canary} -->
# Mend what fails in \`${title}\`

The repository is at \`/target\`. These of its tests fail${visible.length > 0 ? ', among others of the same part' : ''}:

${told}

Mend the code, not the tests: existing tests, snapshots and the runner's configuration must not be changed, new tests are
welcome. Every test that passes today must go on passing. The change is judged in fresh sandboxes by tests that you may
not have seen.
`;
}

const indent = (text: string): string => text.replaceAll(/^/gm, '      ');
