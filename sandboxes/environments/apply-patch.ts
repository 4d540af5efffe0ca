import type { Sandbox } from '../containers/sandbox.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { rawGitEnv, rawGitScript } from './raw-git.ts';

export type PatchResult = { outcome: 'applied' } | { outcome: 'refused'; failures: PatchFailure[] };

/** What git says of a part that it refuses; `path` is git's own notation of a file, quoted where it is odd. */
export interface PatchFailure {
  path?: string;
  line?: number;
  message: string;
}

const REFUSED = 43;
const MAX_FAILURES = 100;

// Without the tree's own repository: its configuration and attributes have no say, and neither has the folder above it.
const script = `${rawGitScript}
scratch=$(mktemp -d) || exit
trap 'rm -rf -- "$scratch"' EXIT
cat > "$scratch/patch" || exit
raw_git "$scratch/git" || exit
export GIT_WORK_TREE=$PWD
git apply --check --whitespace=nowarn "$scratch/patch" || exit ${REFUSED}
git apply --whitespace=nowarn "$scratch/patch"`;

/**
 * Applies a git patch to the tree at `workdir`, all of it or nothing. What does not fit, or reaches outside of the tree, is
 * refused by git. SandboxFault `patch-broke-off` where the tree could not be written, which may be half done then.
 */
export async function applyPatch(
  sandbox: Sandbox,
  workdir: string,
  patch: string | Buffer,
): Promise<PatchResult> {
  const stdin = Buffer.from(patch);
  if (stdin.length > limits.environment.patchBytes) {
    throw new SandboxFault(
      'patch-too-large',
      `A patch of ${stdin.length} bytes; ${limits.environment.patchBytes} are allowed.`,
      {
        hint: 'Apply it in parts.',
      },
    );
  }
  // Git takes a patch without changes for an error, and `diff` makes one where nothing changed.
  if (stdin.length === 0) return { outcome: 'applied' };
  const done = await sandbox.exec(['sh', '-c', script], {
    cwd: workdir,
    env: rawGitEnv,
    stdin,
    timeoutMs: limits.fileMs,
  });
  if (done.exitCode === 0) return { outcome: 'applied' };
  if (done.exitCode === REFUSED) return { outcome: 'refused', failures: parseFailures(done.stderr) };
  throw new SandboxFault(
    'patch-broke-off',
    `A patch could not be written: ${done.stderr.trim().slice(-500) || (done.exitCode ?? done.outcome)}`,
    { hint: 'See that its files may be written and that there is space; what it changed so far stays.' },
  );
}

/** Git's complaints, one for each line of its stderr. */
export function parseFailures(stderr: string): PatchFailure[] {
  const messages = stderr
    .split('\n')
    .flatMap((line) => /^(?:error|fatal): (.*)$/.exec(line)?.[1] ?? [])
    .slice(0, MAX_FAILURES);
  return messages.map((message) => {
    const place = /^patch failed: (.*):(\d+)$/.exec(message);
    if (place) return { path: place[1] as string, line: Number(place[2]), message };
    const path =
      /^(.*): (?:patch does not apply|No such file or directory|already exists in working directory|does not exist.*|wrong type|has type .*)$/.exec(
        message,
      )?.[1];
    const quoted = /^(?:invalid path|affected file) '(.*)'(?: is beyond a symbolic link)?$/.exec(
      message,
    )?.[1];
    const named = path ?? quoted;
    return named === undefined ? { message } : { path: named, message };
  });
}
