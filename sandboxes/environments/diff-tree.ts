import { randomUUID } from 'node:crypto';
import { Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { openSandbox } from '../containers/open-sandbox.ts';
import type { Sandbox, SandboxPipe } from '../containers/sandbox.ts';
import type { Engine } from '../engine/engine.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
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
  /** Names of files and folders, as globs, wherever they stand. */
  exclude?: readonly string[] | undefined;
  purpose: string;
  /** Is given the end of what was opened, for which the patch need not wait: files take long to remove. */
  onDisposal: (disposal: Promise<void>) => void;
  signal?: AbortSignal | undefined;
}

/**
 * A patch from the start tree to the one of `sandbox`, made where nothing of that sandbox runs or is configured: in a
 * fresh one of the start image. Left out is what git cannot hold: `.git` in any case, empty folders, sockets and fifos.
 * SandboxFault `tree-unreadable`, `tree-too-large`, `diff-too-large`, `diff-failed`, `diff-unfaithful`.
 */
export async function diffTree(engine: Engine, options: DiffOptions): Promise<TreeDiff> {
  const exclude = options.exclude ?? [];
  if (exclude.some((name) => !/^[^/\0]+$/.test(name))) {
    throw new SandboxFault('bad-exclude', 'What is left out of a patch is named without a slash.', {
      hint: 'Give names of files and folders, such as node_modules or *.log.',
    });
  }
  const judge = await openSandbox(engine, {
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
    await run(judge, 'umask 077; mkdir -- "$1" "$1/now"', [base]);
    if (options.start.files) await judge.upload(`${base}/given`, options.start.files);
    const from = options.start.files ? `${base}/given` : options.start.workdir;
    await Promise.all([
      run(judge, prepareScript, [base, from, ...exclude]),
      bringTree(options.sandbox, options.workdir, exclude, judge, `${base}/now`),
    ]);
    const [startTree = '', tree = ''] = (await run(judge, diffScript, [base, from])).split('\n');
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
    options.onDisposal(Promise.resolve(judge[Symbol.asyncDispose]()));
  }
}

const UNFAITHFUL = 45;

// Of the files only ids are computed, and objects are written of those that differ: ten thousand others cost no time.
const indexScript = `${rawGitScript}set -e
# <tree> <side> [name to leave out]...: prints the tree's id.
index() {
  tree=$1 side=$2; shift 2
  cd -- "$tree"
  # Turns the names into a condition for find, in their own place.
  for name; do shift; set -- "$@" -o -name "$name"; done
  find . -mindepth 1 \\( -iname .git "$@" \\) -prune -o \\( -type f -o -type l \\) -printf '%P\\0' > "$base/files-$side"
  GIT_INDEX_FILE="$base/index-$side"; GIT_WORK_TREE=$tree; export GIT_INDEX_FILE GIT_WORK_TREE
  git update-index --add --info-only -z --stdin < "$base/files-$side"
  # It passes over names that no tree can hold.
  [ "$(git ls-files -z | tr -cd '\\0' | wc -c)" = "$(tr -cd '\\0' < "$base/files-$side" | wc -c)" ] || exit ${UNFAITHFUL}
  git write-tree --missing-ok
}
`;

const prepareScript = `${indexScript}
base=$1 from=$2; shift 2
raw_git "$base/git"
index "$from" start "$@" > "$base/start-tree"`;

// Attributes of the tree come last: where the patch is applied they have no say over how its other files are written.
// Then the patch is proved: it must make the one tree of the other.
const diffScript = `${indexScript}
base=$1 from=$2; GIT_DIR=$base/git; export GIT_DIR
start=$(cat "$base/start-tree")
now=$(index "$base/now" now)
# <tree> <kinds of change>
write() {
  git diff-tree -r -z --no-renames --name-only --diff-filter="$2" "$start" "$now" > "$base/changed"
  cd -- "$1"
  rm -f -- "$base/index-written"
  GIT_INDEX_FILE="$base/index-written" GIT_WORK_TREE=$1 git update-index --add -z --stdin < "$base/changed"
}
write "$from" DMT
write "$base/now" AMT
cd -- "$GIT_DIR"
patch() {
  git diff-tree -r -p --binary --full-index -M -l1000 --no-ext-diff --no-textconv --no-color \\
    --src-prefix=a/ --dst-prefix=b/ "$start" "$now" -- "$@"
}
{ patch ':(top)' ':(top,exclude,glob)**/.gitattributes'; patch ':(top,glob)**/.gitattributes'; } |
  head -c ${limits.environment.patchBytes + 1} > "$base/patch"
if [ -s "$base/patch" ] && [ "$(wc -c < "$base/patch")" -le ${limits.environment.patchBytes} ]; then
  GIT_INDEX_FILE="$base/index-proof"; export GIT_INDEX_FILE
  git read-tree "$start"
  git apply --cached --whitespace=nowarn "$base/patch"
  [ "$(git write-tree --missing-ok)" = "$now" ] || exit ${UNFAITHFUL}
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
    done.exitCode === UNFAITHFUL ? 'diff-unfaithful' : 'diff-failed',
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
  // A pattern of tar's is then what it is to find: the name of any part of a path.
  const names = ['--no-wildcards-match-slash', ...exclude.map((name) => `--exclude=${name}`)];
  const left = [...names, '--ignore-case', '--exclude=.git'];
  const packed = await source.pipe([...limit, 'tar', '-c', ...left, '-C', workdir, '.']);
  // An archive says itself where it ends; what ends with it before its stdin does is a broken pipe to us.
  const unpack = 'tar -x -C "$1"; code=$?; cat > /dev/null; exit $code';
  const unpacked = await target.pipe([...limit, 'sh', '-c', unpack, 'sh', folder]);
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
  const codes = `tar ended with ${packed.exitCode} and ${unpacked.exitCode}`;
  return new SandboxFault('tree-unreadable', `The tree could not be read as a whole: ${said || codes}`, {
    hint: "Give the files their owner's read permission (`chmod -R u+rX .`), or leave them out with `exclude`.",
    cause,
  });
}
