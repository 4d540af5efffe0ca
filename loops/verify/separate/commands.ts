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

// Each worker of vitest opens the two named pipes; the shell holds an end of each, so that a worker that ends closes
// neither for the next one. When the relay is gone the first cat ends, and with it what workers read.
const testScript = `pipes=$(mktemp -d) || exit 1
mkfifo "$pipes/to" "$pipes/from" || exit 1
exec 5<&0 6>&1
cat <&5 >"$pipes/from" 6>&- &
from=$!
cat <"$pipes/to" >&6 5<&- &
to=$!
exec 3<"$pipes/from" 4>"$pipes/to" 0</dev/null 1>&2
WHETSTONE_FROM_CODE=$pipes/from WHETSTONE_TO_CODE=$pipes/to "$@" 3<&- 4>&- 5<&- 6>&-
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
