#!/usr/bin/env bash
# Runs the realtime example at several values of the kernel's RT throttling, as root, and puts the old value back whatever happens.
#
#   examples/realtime/throttling.sh PROGRAM [OPTION…]      the options go to the program
#   VALUES='950000 -1' examples/realtime/throttling.sh …    other values of sched_rt_runtime_us than 950000, 999999 and -1
#
# Exit status: 0 all ran, 1 one of them failed or a value could not be set, 2 wrong usage
set -uo pipefail

setting=${SETTING:-/proc/sys/kernel/sched_rt_runtime_us}
values=${VALUES:-950000 999999 -1}

if [ $# -lt 1 ] || [ ! -x "$1" ]; then
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
    exit 2
fi
old=$(cat "$setting") || exit 1

child=
# Also when it is interrupted: first the program ends, then the value goes back. SIGKILL alone cannot be caught.
restore() {
    trap '' INT TERM HUP
    [ -z "$child" ] || { kill -TERM "$child" 2>/dev/null && wait "$child" 2>/dev/null; }
    printf '%s\n' "$old" >"$setting" || printf 'sched_rt_runtime_us could not be put back to %s\n' "$old" >&2
}
trap restore EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

status=0
for value in $values; do
    printf '== sched_rt_runtime_us %s\n' "$value"
    if ! printf '%s\n' "$value" >"$setting"; then
        printf 'cannot be set: this takes root\n' >&2
        status=1
        break
    fi
    "$@" &
    child=$!
    wait "$child" || status=1
    child=
done
exit $status
