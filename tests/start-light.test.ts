import path from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { REPOSITORY } from './support/repository.ts';

/** Whether a process that loads this file of ours has loaded the compiler of TypeScript by then. */
async function loadsCompiler(file: string): Promise<boolean> {
  const script = `
    import { createRequire } from 'node:module';
    await import(${JSON.stringify(path.join(REPOSITORY, file))});
    const loaded = Object.keys(createRequire(${JSON.stringify(`${REPOSITORY}/`)}).cache);
    console.log(loaded.some((name) => name.includes('/node_modules/typescript/')));
  `;
  const { stdout } = await execa(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { cwd: REPOSITORY },
  );
  return stdout.trim() === 'true';
}

test('no command waits for the compiler, which takes half a second and 100 MB, but the one that needs it', async () => {
  expect(await loadsCompiler('cli/commands/index.ts')).toBe(false);
  expect(await loadsCompiler('loops/admit/code/admit-code-cases.ts')).toBe(true);
});
