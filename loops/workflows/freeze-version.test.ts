import { existsSync } from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { simpleGit } from 'simple-git';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../sandboxes/images/temporary-folder.ts';
import { commitDatasets } from './freeze-version.ts';

describe('commitDatasets', () => {
  it('commits over the lock of a git that was killed, not over one that may be at work', async () => {
    await using folder = await temporaryFolder();
    const git = simpleGit(folder.path);
    await git.raw(['init', '--quiet', '--initial-branch=main']);
    await writeFile(path.join(folder.path, 'a'), 'a');
    const lock = path.join(folder.path, '.git/index.lock');
    await writeFile(lock, '');
    await expect(commitDatasets(folder.path, 'first')).rejects.toThrow('Another git is at work');
    expect(existsSync(lock)).toBe(true);

    const long = new Date(Date.now() - 60 * 60_000);
    await utimes(lock, long, long);
    await commitDatasets(folder.path, 'first');
    expect((await git.log()).total).toBe(1);
  });
});
