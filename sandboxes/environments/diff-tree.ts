import { randomUUID } from 'node:crypto';
import { Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { Engine } from '../engine.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { openSandbox } from '../open-sandbox.ts';
import type { Sandbox, SandboxPipe } from '../sandbox.ts';
import { rawGitEnv, rawGitScript } from './raw-git.ts';

/** What has changed between two trees. */
export interface TreeDiff {
  /** A git patch for `git apply`, empty where nothing changed. */
  patch: Buffer;
  /** Ids of both trees as git counts them, from bytes as they are. */
  startTree: string;
  tree: string;
}

/** The tree that an environment started with. */
export interface StartTree {
  image: string;
  workdir: string;
  /** Unpacked into an empty folder in place of what the image has. */
  files?: Buffer | undefined;
}

export interface DiffOptions {
  start: StartTree;
  /** The changed tree: its sandbox is not believed, it only tells its files. */
  sandbox: Sandbox;
  workdir: string;
  /** Names of files and folders, or globs over paths, as `tar --exclude` takes them. */
  exclude?: readonly string[] | undefined;
  purpose: string;
  signal?: AbortSignal | undefined;
}

/**
 * A patch from the start tree to the one of `sandbox`, made where nothing of that sandbox runs or is configured: in a
 * fresh one of the start image. Left out is what git cannot hold: `.git` in any case, empty folders, sockets and fifos.
 * SandboxFault `tree-unreadable`, `tree-too-large`, `diff-too-large`, `diff-failed`, `diff-unfaithful`.
 */
export async function diffTree(engine: Engine, options: DiffOptions): Promise<TreeDiff> {
  await using judge = await openSandbox(engine, {
    image: options.start.image,
    profile: 'service',
    ttlMs: limits.environment.diffMs,
    purpose: options.purpose,
    signal: options.signal,
  });
  const abort = () => void judge[Symbol.asyncDispose]();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    // No name that an archive of the other side could guess.
    const base = `/tmp/whetstone-${randomUUID()}`;
    const exclude = [
      '--ignore-case',
      '--exclude=.git',
      '--no-ignore-case',
      ...excluded(options.exclude ?? []),
    ];
    await run(judge, 'set -e; umask 077; mkdir -- "$1" "$1/start" "$1/now"', [base]);
    if (options.start.files) await judge.upload(`${base}/given`, options.start.files);
    const from = options.start.files ? `${base}/given` : options.start.workdir;
    await Promise.all([
      run(judge, prepareScript, [base, from, ...exclude]),
      bringTree(options.sandbox, options.workdir, exclude, judge, `${base}/now`),
    ]);
    const [startTree = '', tree = ''] = (await run(judge, diffScript, [base])).split('\n');
    const patch = await judge.readFile(`${base}/patch`, { maxBytes: limits.environment.patchBytes });
    return { patch, startTree, tree };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof SandboxFault && error.code === 'file-too-large') {
      throw new SandboxFault(
        'diff-too-large',
        `The patch has more than ${limits.environment.patchBytes} bytes.`,
        {
          hint: 'Leave folders of generated files out with `exclude`.',
          cause: error,
        },
      );
    }
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

const prepareScript = `${rawGitScript}set -e
base=$1 from=$2; shift 2
tar -c "$@" -C "$from" . | tar -x -C "$base/start"
raw_git "$base/git"
export GIT_INDEX_FILE="$base/index-start" GIT_WORK_TREE="$base/start"
cd "$base/start"
git add -A -f .
git write-tree > "$base/start-tree"`;

// Attributes of the tree come last: where the patch is applied they have no say over how its other files are written.
// Then the patch is proved: it must make the one tree of the other.
const diffScript = `${rawGitScript}set -e
base=$1; GIT_DIR=$base/git; export GIT_DIR
cd "$base/now"
GIT_INDEX_FILE="$base/index-now" GIT_WORK_TREE="$base/now" git add -A -f .
start=$(cat "$base/start-tree")
now=$(GIT_INDEX_FILE="$base/index-now" git write-tree)
cd "$GIT_DIR"
patch() {
  git diff-tree -r -p --binary --full-index -M -l1000 --no-ext-diff --no-textconv --no-color \\
    --src-prefix=a/ --dst-prefix=b/ "$start" "$now" -- "$@"
}
{ patch ':(top)' ':(top,exclude,glob)**/.gitattributes'; patch ':(top,glob)**/.gitattributes'; } |
  head -c ${limits.environment.patchBytes + 1} > "$base/patch"
if [ -s "$base/patch" ] && [ "$(wc -c < "$base/patch")" -le ${limits.environment.patchBytes} ]; then
  export GIT_INDEX_FILE="$base/index-proof"
  git read-tree "$start"
  git apply --cached --whitespace=nowarn "$base/patch"
  [ "$(git write-tree)" = "$now" ] || { echo unfaithful >&2; exit 45; }
fi
printf '%s\\n%s\\n' "$start" "$now"`;

async function run(judge: Sandbox, script: string, args: readonly string[]): Promise<string> {
  const done = await judge.exec(['sh', '-c', script, 'sh', ...args], {
    env: rawGitEnv,
    timeoutMs: limits.environment.diffMs,
  });
  if (done.exitCode === 0) return done.stdout;
  const said = done.stderr.trim().slice(-500);
  throw new SandboxFault(
    done.exitCode === 45 ? 'diff-unfaithful' : 'diff-failed',
    `No patch could be made of the tree: ${said || (done.exitCode ?? done.outcome)}`,
    {
      hint: 'Rename the files that it names, or leave them out with `exclude`; the image needs git and GNU tar.',
    },
  );
}

/** From one sandbox to the other; nothing of it is kept here. */
async function bringTree(
  source: Sandbox,
  workdir: string,
  exclude: readonly string[],
  target: Sandbox,
  folder: string,
): Promise<void> {
  const limit = ['timeout', '-k', '1', String(limits.environment.diffMs / 1000)];
  const packed = await source.pipe([...limit, 'tar', '-c', ...exclude, '-C', workdir, '.']);
  const unpacked = await target.pipe([...limit, 'tar', '-x', '-C', folder]);
  unpacked.resume();
  try {
    await Promise.all([pipeline(packed, boundBytes(), unpacked), finished(unpacked)]);
  } catch (error) {
    // An archive that breaks off, at either end: what the process says is the reason.
    if (error instanceof SandboxFault) throw error;
    throw unreadable(packed, unpacked, error);
  }
  // 1: a file changed while it was read.
  if ((packed.exitCode !== 0 && packed.exitCode !== 1) || unpacked.exitCode !== 0)
    throw unreadable(packed, unpacked, undefined);
}

function boundBytes(): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      seen += chunk.length;
      if (seen <= limits.environment.treeBytes) return callback(null, chunk);
      callback(
        new SandboxFault('tree-too-large', `The tree has more than ${limits.environment.treeBytes} bytes.`, {
          hint: 'Leave what need not be in the patch out with `exclude`, such as node_modules.',
        }),
      );
    },
  });
}

function unreadable(packed: SandboxPipe, unpacked: SandboxPipe, cause: unknown): SandboxFault {
  const said = `${packed.stderrTail()}\n${unpacked.stderrTail()}`.trim().slice(-500);
  return new SandboxFault('tree-unreadable', `The tree could not be read as a whole: ${said}`, {
    hint: "Give the files their owner's read permission (`chmod -R u+rX .`), or leave them out with `exclude`.",
    cause,
  });
}

function excluded(patterns: readonly string[]): string[] {
  return patterns.map((pattern) => `--exclude=${pattern}`);
}
