import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { simpleGit } from 'simple-git';
import type { SourceChange } from '../../loops/admit/code/mutants/source-change.ts';
import { gitIdentity } from '../../loops/publish/git-identity.ts';
import { destroyState } from '../../loops/state/destroy-state.ts';

/** A library with faults in it, as a repository of its own. */
export interface FaultyTarget extends AsyncDisposable {
  path: string;
  configPath: string;
  stateDirectory: string;
  /** Each takes one of the faults back. */
  fixes: string[];
  /** The patch of whatever `edit` does to a file, which is then as it was. */
  patchOf(file: string, edit: (text: string) => string): Promise<string>;
}

/** Copies a library into a folder of its own and commits it with the faults, each of which is in a file of its own. */
export async function faultyTarget(library: string, faults: readonly SourceChange[]): Promise<FaultyTarget> {
  const folder = await mkdtemp('/tmp/whetstone-code-');
  // The embedded database runs as a user of its own.
  await chmod(folder, 0o755);
  const target = path.join(folder, path.basename(library));
  await cp(library, target, { recursive: true, filter: (source) => !source.includes('node_modules') });
  const honest = new Map<string, string>();
  for (const { file, apply } of faults) {
    honest.set(file, await readFile(path.join(target, file), 'utf8'));
    await writeFile(path.join(target, file), apply());
  }
  const git = simpleGit(target).env(gitIdentity());
  await git.raw(['init', '--quiet', '--initial-branch=main']);
  await git.raw(['add', '--all']);
  await git.raw(['commit', '--quiet', '--no-gpg-sign', '--message', 'The library']);
  await simpleGit(folder).raw(['init', '--quiet', '--bare', `${path.basename(library)}.git`]);

  const patchOf: FaultyTarget['patchOf'] = async (name, edit) => {
    const place = path.join(target, name);
    const before = await readFile(place, 'utf8').catch(() => undefined);
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, edit(before ?? ''));
    await git.raw(['add', '--all']);
    const patch = await git.raw(['diff', '--cached', '--no-color']);
    await git.raw(['reset', '--quiet', '--hard']);
    return patch;
  };
  const stateDirectory = path.join(folder, 'state');
  const fixes: string[] = [];
  for (const [file, text] of honest) fixes.push(await patchOf(file, () => text));
  return {
    path: target,
    configPath: path.join(target, 'whetstone.config.ts'),
    stateDirectory,
    fixes,
    patchOf,
    async [Symbol.asyncDispose]() {
      await destroyState(stateDirectory);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
