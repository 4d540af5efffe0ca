/** Files that the test side needs in one folder; the code side needs those that `code-server.mjs` imports. */
export const SEPARATE_FILES = [
  'bytes.mjs',
  'channel.mjs',
  'classify.mjs',
  'client.mjs',
  'code-server.mjs',
  'crossed.mjs',
  'decode.mjs',
  'encode.mjs',
  'format.mjs',
  'guard.mjs',
  'integrity.mjs',
  'peer.mjs',
  'stand-ins.mjs',
  'test-plugin.mjs',
  'test-setup.mjs',
] as const;

/**
 * Starts the code under test of the target at `root`, its working directory, so that stdin and stdout carry messages. `server`
 * is the path of `code-server.mjs`. What the code prints goes to stderr: descriptors 0 and 1 are not the conversation's.
 */
export function codeCommand(server: string, root: string): string[] {
  const script = 'exec node --import tsx "$@" 3 4 3<&0 4>&1 </dev/null >&2';
  return ['sh', '-c', script, 'sh', server, root];
}

// Each worker of vitest opens both pipes anew; the shell holds an end of each, so that a worker that ends closes neither
// for the next one. A container's stdin and stdout are pipes, which a process can open through /proc; what node starts
// has sockets, which nobody can. When the relay is gone the workers read the end, or the first cat does.
const testScript = `exec 5<&0 6>&1 0</dev/null 1>&2
if [ -p /dev/fd/5 ] && [ -p /dev/fd/6 ]; then
  WHETSTONE_FROM_CODE=/proc/$$/fd/5 WHETSTONE_TO_CODE=/proc/$$/fd/6 "$@"
  exit
fi
pipes=$(mktemp -d) && mkfifo "$pipes/from" "$pipes/to" || exit 1
cat <&5 >"$pipes/from" &
from=$!
cat <"$pipes/to" >&6 &
to=$!
exec 3<"$pipes/from" 4>"$pipes/to" 5<&- 6>&-
WHETSTONE_FROM_CODE=$pipes/from WHETSTONE_TO_CODE=$pipes/to "$@" 3<&- 4>&-
code=$?
exec 4>&-
wait $to
kill $from 2>/dev/null
rm -r "$pipes"
exit $code`;

/**
 * Runs `command` (vitest, with a configuration made by `separateConfig`) so that stdin and stdout carry messages. Its own output
 * goes to stderr; its report belongs in a file. The exit code is the command's.
 */
export function testCommand(command: readonly string[]): string[] {
  return ['sh', '-c', testScript, 'sh', ...command];
}
