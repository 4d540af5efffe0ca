/**
 * A POSIX shell script that signals every process whose first group is `$1`; `$2` is `KILL` or `TERM`. It must itself
 * run with that group. Exit code 0 says that none of them lives any more, or that all were asked to end.
 *
 * A group is what no process can put off: without capabilities and with `no-new-privileges` nobody leaves the one that
 * the engine gave it, however it forks, whatever sessions it opens and variables it clears.
 *
 * An earlier one that still asks processes to end is one of them and may be killed, so this one ignores what it sends.
 *
 * All of them are stopped before any is killed. Killing alone never ends with processes that fork faster: each
 * killed one makes room below the limit of processes. There is no fork in here, since a fork bomb leaves no room for one.
 */
export const killGroupScript = `trap '' TERM
each() {
  moved=
  for process in /proc/[0-9]*; do
    [ "$process" = "/proc/$$" ] && continue
    # Others' are passed over by one look. A process that is not dumpable shows itself as root's, and is looked at.
    [ -O "$process" ] && [ ! -G "$process" ] && continue
    state= value=
    while read -r key value rest; do
      case $key in
      State:) state=$value ;;
      Gid:) break ;;
      esac
    done 2> /dev/null < "$process/status"
    [ "$value" = "$2" ] || continue
    case $1$state in *Z | *X | STOPT | STOPt) continue ;; esac
    kill -s "$1" "\${process#/proc/}" && moved=yes
  done 2> /dev/null
  [ -n "$moved" ]
}
if [ "$2" = TERM ]; then each TERM "$1"; exit 0; fi
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do each STOP "$1" || break; done
each KILL "$1"
# What has not yet come to its death is seen once more: then it is for the caller to ask again.
! each KILL "$1"`;
