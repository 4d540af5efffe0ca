import { Fault } from '../datasets/fault.ts';
import type { Sandbox } from '../sandboxes/containers/sandbox.ts';

const MAX_PATCH_BYTES = 2 ** 20;

/** The environment's changes against its one commit as a git patch, new files included; '' where nothing changed. */
export async function readDiff(sandbox: Sandbox, signal: AbortSignal): Promise<string> {
  // The index of the sandbox is a throw-away: staging everything is the simplest way to see new files.
  const script = 'git add --all && git diff --cached --binary --no-color --no-ext-diff --no-renames HEAD';
  const result = await sandbox.exec(['bash', '-c', script], {
    cwd: '/target',
    timeoutMs: 30_000,
    maxOutputBytes: MAX_PATCH_BYTES,
    signal,
  });
  if (result.exitCode !== 0 || result.truncated) {
    throw new Fault('no-diff', `the diff of /target could not be read: ${result.stderr.slice(0, 500)}`, {
      hint: 'keep /target a git repository with its first commit, and the change below 1 MB',
    });
  }
  return result.stdout;
}
