import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { simpleGit } from 'simple-git';
import { gitIdentity } from '../../loops/publish/git-identity.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/**
 * Puts the example target below a state directory, as a git repository of its own with a bare remote, and its log
 * beside it; returns the configuration's path. Finished parts are left alone, so that it can be called every time.
 */
export async function prepareExample(stateDirectory: string, { full = false } = {}): Promise<string> {
  const targets = path.join(stateDirectory, 'targets');
  const target = path.join(targets, 'flights');
  const remote = path.join(stateDirectory, 'remotes', 'flights.git');
  await mkdir(targets, { recursive: true });
  await appear(path.join(targets, 'flights-log'), (folder) =>
    cp(path.join(examples, 'flights-log'), folder, { recursive: true }),
  );
  await appear(target, async (folder) => {
    await cp(path.join(examples, 'flights'), folder, {
      recursive: true,
      filter: (source) => path.basename(source) !== 'node_modules',
    });
    if (full) await askForAllRows(path.join(folder, 'whetstone.config.ts'));
    const git = simpleGit(folder).env(
      gitIdentity(new Date('2026-01-05T09:00:00Z'), 'Flights team', 'flights@localhost'),
    );
    await git.raw(['init', '--quiet', '--initial-branch=main']);
    await git.raw(['add', '--all']);
    await git.raw([
      'commit',
      '--quiet',
      '--no-verify',
      '--no-gpg-sign',
      '--message',
      'Flights: dashboard queries over PostgreSQL',
    ]);
  });
  await mkdir(path.dirname(remote), { recursive: true });
  await appear(remote, async (folder) => {
    await simpleGit().raw(['clone', '--quiet', '--bare', '--', target, folder]);
  });
  return path.join(target, 'whetstone.config.ts');
}

/** The data script reads this variable; a command of the configuration carries it. */
async function askForAllRows(configPath: string): Promise<void> {
  const text = await readFile(configPath, 'utf8');
  const changed = text.replace("data: ['node'", "data: ['env', 'FLIGHTS_FULL=1', 'node'");
  if (changed === text) throw new Error(`${configPath} has no data command of the expected form`);
  await writeFile(configPath, changed);
}

/** Makes a folder under another name and renames it; what a killed process left of one is removed. */
async function appear(folder: string, make: (draft: string) => Promise<unknown>): Promise<void> {
  if (existsSync(folder)) return;
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await make(draft);
  await rename(draft, folder);
}
