import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { simpleGit } from 'simple-git';
import { Fault } from '../../datasets/fault.ts';
import { temporaryFolder } from '../../sandboxes/images/temporary-folder.ts';
import type { Target } from '../target/load-target.ts';
import { gitIdentity } from './git-identity.ts';

export interface BranchRequest {
  target: Target;
  /** Commit that the patch applies to. */
  revision: string;
  branch: string;
  patch: string;
  message: string;
  /** Author and committer time: fixed, so that publishing twice makes the same commit. */
  at: Date;
}

/**
 * Commits a patch on a branch of its own and pushes it to the target's bare remote; returns the commit. Works in a
 * throw-away clone: the user's checkout, index and configuration are never touched.
 *
 * @throws Fault `publish-failed` where the remote has another commit under that name, or refuses.
 */
export async function pushBranch(request: BranchRequest): Promise<string> {
  const { target, revision, branch, patch, message, at } = request;
  await using temporary = await temporaryFolder();
  const folder = temporary.path;
  try {
    const clone = path.join(folder, 'clone');
    await simpleGit().raw(['clone', '--quiet', '--no-checkout', '--', target.path, clone]);
    const git = simpleGit(clone).env(gitIdentity(at));
    await git.raw(['checkout', '--quiet', '--detach', revision]);
    const patchFile = path.join(folder, 'candidate.patch');
    await writeFile(patchFile, patch);
    await git.raw(['apply', '--index', '--whitespace=nowarn', patchFile]);
    const messageFile = path.join(folder, 'message');
    await writeFile(messageFile, message);
    await git.raw(['commit', '--quiet', '--no-verify', '--no-gpg-sign', '--file', messageFile]);
    const commit = (await git.revparse(['HEAD'])).trim();
    await git.raw(['push', '--quiet', '--no-verify', target.remote, `HEAD:refs/heads/${branch}`]);
    return commit;
  } catch (cause) {
    throw new Fault(
      'publish-failed',
      `the branch ${branch} could not be pushed to ${target.remote}: ${shortCause(cause)}`,
      {
        hint: 'see that the remote exists and has no other commit under that name, then run the same command again',
        kind: 'infrastructure',
        cause,
      },
    );
  }
}

const shortCause = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).trim().slice(0, 500);
