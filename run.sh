#!/usr/bin/env bash
# Installs what is missing, builds the examples, and runs them.
#
#   ./run.sh                  pong answers HTTP requests on a free loopback port, ping calls it for some seconds
#   ./run.sh pong -t 2        one example, by its short name, with its own options
#   ./run.sh list             which examples there are
#
# Exit status: that of the example; 0 when pong and ping both ended well, 1 when they did not or the build failed,
# 2 no such example, 3 packages are missing
set -uo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
cd "$here" || exit 1
# shellcheck source=cmake/setup.sh
. cmake/setup.sh

seconds=5
rate=20
programs=build/run/examples

build() {
    install_packages "$ICHOR_BUILD_PACKAGES"
    share_compiler_cache
    configure_and_build run
}

# The first comment line of each example says what it shows.
list() {
    local file
    for file in examples/*/main.cpp; do
        printf '%-16s%s\n' "$(basename "$(dirname "$file")")" "$(sed -n 's|^///\{0,1\} *||p' "$file" | head -n 1)"
    done
}

somebody_listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
    local port
    for _ in {1..50}; do
        port=$((20000 + RANDOM % 12000))
        somebody_listens "$port" || { echo "$port" && return 0; }
    done
    return 1
}

# Ends a program that we started, as Ctrl-C would; harder when it does not listen. Its exit status is ours.
end() {
    kill -INT "$1" 2>/dev/null
    for _ in {1..100}; do
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$1" 2>/dev/null && say "pong did not stop within 10 s of SIGINT: killed"
    wait "$1"
}

demonstrate() {
    local port pong status pong_status
    port=$(free_port) || stop 1 "no free port found on 127.0.0.1"
    say "pong listens on 127.0.0.1:$port"
    "$programs/ichor_pong_example" -a 127.0.0.1 -p "$port" -s &
    pong=$!
    # shellcheck disable=SC2064
    trap "kill -INT $pong 2>/dev/null; wait $pong; exit 130" INT TERM
    for _ in {1..100}; do
        somebody_listens "$port" && break
        kill -0 $pong 2>/dev/null || { wait $pong; stop 1 "pong ended with status $? before it listened"; }
        sleep 0.1
    done
    somebody_listens "$port" || { end $pong; stop 1 "pong does not listen on 127.0.0.1:$port after 10 s"; }

    say "ping calls it $rate times a second for $seconds s"
    "$programs/ichor_ping_example" -a 127.0.0.1 -p "$port" --rate "$rate" --duration "$seconds"
    status=$?
    end $pong
    pong_status=$?
    trap - INT TERM
    [ $status = 0 ] || stop 1 "ping ended with status $status"
    [ $pong_status = 0 ] || stop 1 "pong ended with status $pong_status"
    say "Both ended well. Next: ./run.sh pong -t 2, then from another terminal
   curl -d '{\"sequence\": 1}' http://127.0.0.1:8001/ping"
}

case "${1:-}" in
-h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' run.sh ;;
list) list ;;
'')
    build
    demonstrate
    ;;
*)
    [ -d "examples/$1" ] || stop 2 "there is no example $1. There are:
$(list)"
    build
    program=$here/$programs/ichor_$1_example
    [ -x "$program" ] || stop 1 "ichor_$1_example was left out: the table above says why"
    shift
    say "${program##*/} $*"
    exec "$program" "$@"
    ;;
esac
