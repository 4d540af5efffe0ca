import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { temporaryFolder } from '../../sandboxes/images/temporary-folder.ts';
import type { Draw } from '../generated-target/draw.ts';
import type { NaiveStyle } from './attack.ts';

const tsx = import.meta.resolve('tsx');
const runner = path.join(import.meta.dirname, 'naive-runner.mjs');
/** Between what the slow module takes and what the mended one does. */
const LIMIT_MS = 60;
const FEW = 40;

export interface Check {
  name: string;
  args: unknown[];
  expected: unknown;
}

type Module = Record<string, (...args: never[]) => unknown>;

/** A check of the honest module by these arguments. */
export function checkOf(honest: Module, name: string, args: unknown[]): Check {
  return { name, args, expected: honest[name]?.(...(structuredClone(args) as never[])) };
}

/** Checks of the honest module: drawn inputs, and what it answers. */
export function drawChecks(honest: Module, draw: Draw): Check[] {
  const range = () => ({ start: draw.int(-5, 20), end: draw.int(-5, 20) });
  const inputs: Record<string, () => unknown[]> = {
    lengthOf: () => [range()],
    contains: () => [range(), draw.int(-5, 20)],
    intersect: () => [range(), range()],
    merge: () => [[range(), range(), range()]],
    coverage: () => [[range(), range(), range()]],
    countPairs: () => [
      Array.from({ length: 20_000 }, (_, at) => (at * 7_919) % 90_001),
      draw.int(80_000, 90_000),
    ],
  };
  return (
    Object.entries(inputs)
      .flatMap(([name, args]) => Array.from({ length: FEW }, () => checkOf(honest, name, args())))
      // What JSON cannot write is not for a harness of this kind.
      .filter(({ expected }) => expected !== undefined)
  );
}

/** Whether an ordinary harness lets a module through: by its exit code and, where it ends by itself, what it prints last. */
export async function isFooled(
  style: NaiveStyle,
  files: Record<string, string>,
  { file, checks }: { file: string; checks: readonly Check[] },
): Promise<boolean> {
  await using folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files))
    await writeFile(path.join(folder.path, path.basename(name)), text);
  const checksFile = path.join(folder.path, 'checks.json');
  await writeFile(checksFile, JSON.stringify({ style, checks, limitMs: LIMIT_MS }));
  await writeFile(path.join(folder.path, 'package.json'), '{ "type": "module" }\n');
  const module = path.join(folder.path, path.basename(file));
  const { exitCode } = await execa(process.execPath, ['--import', tsx, runner, module, checksFile], {
    cwd: folder.path,
    reject: false,
    timeout: 20_000,
  });
  return exitCode === 0;
}
