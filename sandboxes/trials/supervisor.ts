import { shellQuote } from '../containers/shell-quote.ts';
import { SandboxFault } from '../fault.ts';
import { programs } from '../images/programs.ts';
import { limits } from '../limits.ts';
import type { Job } from './trial.ts';

/**
 * What PID 1's child runs, with the container's deadline in seconds as $1. It is root without any right but to become
 * the sandbox's user and to kill; what touches a job's bytes is that user. So a job can neither kill nor read its
 * supervisor, and does not learn the nonce that marks the report.
 *
 * Two processes are started before there is a job: a shell that is the sandbox's user already and waits for the job's line,
 * which costs no more then than its command, and an alarm that waits for the job's seconds, and needs no new pid where a job
 * takes them all. Each waits at a pipe with a name that is gone before the job comes.
 *
 * It says `ready` (or what its image lacks), reads a head line, a line of script and an archive from stdin, and waits for
 * stdin's end after its report, so that the container ends with its controller. After the job it starts no process before
 * the job's are dead, since these may hold all the pids that there are.
 */
export const supervisor = `
for tool in ${Object.keys(programs).join(' ')}; do
  command -v $tool > /dev/null || { echo "lacks $tool"; exit; }
done
as='setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps=-all --bounding-set=-all'
cgroup=/sys/fs/cgroup
chown 1000:1000 /dev/stdout /dev/stderr
exec 3>&2 2> /dev/null
(sleep "$1"; kill -9 $$) < /dev/null > /dev/null 3>&- &
# Chosen before there is a job: a runtime may mount control groups into a folder that a job can write to.
first_of() { found=/dev/null; for file in "$@"; do [ -r $cgroup/$file ] && found=$cgroup/$file && return; done; }
field() { found=$3; while read -r name value; do [ "$name" = "$2" ] && found=$value && return; done < $1; }
first_of cpuacct/cpuacct.usage; cpuacct=$found
first_of cpu.stat; cpu_stat=$found
first_of memory/memory.max_usage_in_bytes memory.peak; memory_peak=$found
first_of memory/memory.oom_control memory.events; memory_events=$found
first_of pids/pids.current pids.current; pids=$found
cpu_used() {
  read -r cpu < $cpuacct && return
  field $cpu_stat usage_usec none; cpu=\${found}000
}
newline='
'
mkfifo -m 600 /tmp/job /tmp/alarm
exec 4<> /tmp/job 5<> /tmp/alarm
rm /tmp/job /tmp/alarm
env --default-signal=INT,QUIT $as sh -c '
  { echo 500 > /proc/self/oom_score_adj; } 2> /dev/null
  IFS= read -r job && exec < /dev/null && eval "$job"
' sh "$newline" <&4 2>&3 3>&- 4>&- 5>&- &
job=$!
(
  (IFS= read -r seconds && exec sleep "$seconds") <&5 4>&- &
  wait $! && echo late >&4 && kill -9 $job
) < /dev/null > /dev/null 3>&- &

echo ready
IFS=' ' read -r nonce seconds files max result || exit 0
IFS= read -r script
unpacked=0
if [ "$files" != 0 ]; then head -c "$files" | $as tar -x -C /work 2>&3; unpacked=$?; fi
kill -0 $job || exit
cpu_used
cpu0=$cpu code=0
if [ $unpacked = 0 ]; then
  printf '%s\\n' "$script" >&4
  echo "$seconds" >&5
  wait $job
  code=$?
fi
kill -9 -1
while read -r alive < $pids && [ "$alive" -gt 8 ]; do :; done
wait
# The alarm's word is there before it, or never.
echo ended >&4
read -r first <&4
cpu_used
read -r peak < $memory_peak || peak=none
field $memory_events oom_kill 0; killed=$found
printf '\\n%s %s %s %s %s %s %s %s\\n' "$nonce" $unpacked $code "$first" "$cpu0" "$cpu" "$peak" "$killed"
[ -z "$result" ] || $as sh -c 'if [ -f "$1" ]; then echo file; exec timeout 10 head -c "$2" -- "$1"; fi' sh "$result" "$max"
printf '\\n%s end\\n' "$nonce"
printf '\\n%s end\\n' "$nonce" >&3
exec cat > /dev/null
`;

/** The supervisor's first line, before it reads a job; \`lacks TOOL\` where its image lets it do nothing. */
export const READY = 'ready';

/** A job as the supervisor reads it. SandboxFault `bad-job`. */
export function encodeJob(job: Job, nonce: string): Buffer {
  const script = jobScript(job);
  // The kernel's own bound on one argument is 128 KiB.
  if (Buffer.byteLength(script) > limits.trials.scriptBytes) {
    throw new SandboxFault('bad-job', `A job's command and environment take ${script.length} characters.`, {
      hint: `No more than ${limits.trials.scriptBytes} bytes can be passed: put the rest into a file of the job.`,
    });
  }
  const path = job.result?.path ?? '';
  if (/[\s\0]/.test(path)) {
    throw new SandboxFault('bad-job', `A job's result cannot be read from \`${JSON.stringify(path)}\`.`, {
      hint: 'Name a path without blanks.',
    });
  }
  const files = job.files ?? Buffer.alloc(0);
  const head = [
    nonce,
    job.timeoutMs / 1000,
    files.length,
    // One more, which tells that there was more.
    (job.result?.maxBytes ?? 0) + 1,
    path,
  ];
  return Buffer.concat([Buffer.from(`${head.join(' ').trimEnd()}\n${script}\n`), files]);
}

// One line, which a shell reads without starting a process; a new line in a word is the script's own $1.
function jobScript({ command, cwd, env }: Job): string {
  const variables = Object.entries(env ?? {}).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new SandboxFault('bad-job', `\`${name}\` cannot be the name of a variable.`, {
        hint: 'A name has letters, digits and `_`, and does not begin with a digit.',
      });
    }
    return `export ${name}=${quote(value)}`;
  });
  return [
    ...variables,
    `cd -- ${quote(cwd ?? '/work')} || exit 127`,
    `exec ${command.map(quote).join(' ')}`,
  ].join('; ');
}

function quote(word: string): string {
  if (word.includes('\0')) {
    throw new SandboxFault('bad-job', 'A word of a job holds a zero byte.', {
      hint: 'No process can be given one: put the bytes into a file of the job.',
    });
  }
  return shellQuote(word).replaceAll('\n', `'"$1"'`);
}
