#!/usr/bin/env bash
# Builds the benchmarks with each choice of containers and allocator, runs them in interleaved rounds, and writes the medians.
#
#   ./benchmark.sh                          all: about half an hour on two processors
#   ./benchmark.sh --quick                  a tenth of the work, one round, one thread: to see that it works
#   ./benchmark.sh --rounds 9               more rounds, for a noisy machine
#   ./benchmark.sh --builds 'std_std'       some of: std_std std_mimalloc absl_std absl_mimalloc
#   ./benchmark.sh --only 'event start'     some of the benchmarks
#   ./benchmark.sh --against FILE           also show the change since the results in that file
#   ./benchmark.sh http                     HTTP servers instead, beside a bare loop: about twenty minutes; --quick: five
#   ./benchmark.sh http --help              its own options, and which servers can be installed for it
#
# Results: benchmarks/results/results.json, .md and .svg; with --quick quick.json and so on. A full run also renews the table in
# benchmarks/README.md. What each benchmark does is said there.
#
# Exit status: 0 all ran, 1 something failed, 2 an option was not understood, 3 packages are missing
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" || exit 1
# shellcheck source=cmake/setup.sh
. cmake/setup.sh

if [ "${1:-}" = http ]; then
    shift
    exec benchmarks/http/run.sh "$@"
fi

builds='std_std std_mimalloc absl_std absl_mimalloc'
benchmarks=$(grep -v '^plain_queue ' benchmarks/list.txt)
rounds=5
stem=results
against=()
is_partial=

while [ $# -gt 0 ]; do
    case "$1" in
    -h | --help)
        sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' benchmark.sh
        exit 0
        ;;
    --quick)
        stem=quick
        rounds=1
        ;;
    --rounds | --builds | --only | --against)
        [ $# -gt 1 ] || stop 2 "$1 takes a value"
        case "$1" in
        --rounds) rounds=$2 ;;
        --builds) builds=$2 is_partial=1 ;;
        --only) benchmarks=$(for name in $2; do grep -m 1 "^$name\( \|$\)" benchmarks/list.txt || stop 2 "there is no benchmark $name"; done) || exit 2
            is_partial=1 ;;
        --against) against=(--against "$2") ;;
        esac
        shift
        ;;
    *) stop 2 "unknown option $1; there is --help" ;;
    esac
    shift
done
[[ $rounds =~ ^[1-9][0-9]*$ ]] || stop 2 "--rounds takes a number"
benchmarks=$(grep -v '^plain_queue ' <<<"$benchmarks") # it runs anyway, once a round

# A realtime thread that never sleeps is stopped for 50 ms of each second, unless this is -1.
throttling=/proc/sys/kernel/sched_rt_runtime_us
if grep -q '^realtime ' <<<"$benchmarks"; then
    if [ "$(id -u)" != 0 ] || ! old_throttling=$(cat "$throttling") || ! printf '%s\n' "$old_throttling" 2>/dev/null >"$throttling"; then
        benchmarks=$(grep -v '^realtime ' <<<"$benchmarks")
        say "Without realtime: it takes root, and $throttling that can be set to -1"
    fi
fi

configure() {
    local build=$1 flags=()
    case "$build" in absl_*) flags+=(-DICHOR_USE_ABSEIL=ON) ;; std_*) ;; *) stop 2 "there is no build $build" ;; esac
    case "$build" in *_mimalloc) flags+=(-DICHOR_USE_MIMALLOC=ON) ;; *_std) ;; *) stop 2 "there is no build $build" ;; esac
    if grep -qsw avx2 /proc/cpuinfo; then flags+=(-DICHOR_ARCH_OPTIMIZATION=X86_64_AVX2); fi
    cmake -G Ninja -B "build/bench_$build" -DCMAKE_BUILD_TYPE=Release -DICHOR_BUILD_TESTING=OFF -DICHOR_BUILD_EXAMPLES=OFF \
        -DICHOR_BUILD_BENCHMARKS=ON "${flags[@]}" >"build/bench_$build.log" 2>&1
}

build_all() {
    local build name targets=(ichor_plain_queue_benchmark)
    mkdir -p build
    while read -r name _; do [ -z "$name" ] || targets+=("ichor_${name}_benchmark"); done <<<"$benchmarks"
    for build in $builds; do
        say "Building $build"
        configure "$build" || stop 1 "configuring $build: $(tail -n 20 "build/bench_$build.log")"
        # One that was left out, as the configuration says, is no target: go on with the others.
        cmake --build "build/bench_$build" --target "${targets[@]}" || cmake --build "build/bench_$build" || stop 1 "building $build"
    done
}

child=
is_unthrottled=
# Also when it is interrupted: first the program ends, with what it has forked, then the value goes back. SIGKILL alone cannot be caught.
throttle_again() {
    trap '' INT TERM HUP
    [ -z "$child" ] || { kill -TERM -- "-$child" 2>/dev/null && wait "$child" 2>/dev/null; }
    child=
    [ -n "$is_unthrottled" ] || return 0
    printf '%s\n' "$old_throttling" >"$throttling" || printf '%s could not be put back to %s\n' "$throttling" "$old_throttling" >&2
    is_unthrottled=
    trap - INT TERM HUP EXIT
}

# without_throttling PROGRAM OPTION…
without_throttling() {
    local status
    trap throttle_again EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    is_unthrottled=1
    printf '%s\n' -1 >"$throttling" || return 1
    setsid "$@" & # a group of its own
    child=$!
    wait "$child"
    status=$?
    child=
    throttle_again
    return $status
}

WARM_MEBIBYTES=1280 # more than the largest of them takes

# run BENCHMARK BUILD FOLDER OPTION…
run() {
    local benchmark=$1 build=$2 folder=$3
    shift 3
    local program=build/bench_$build/benchmarks/ichor_${benchmark}_benchmark
    done_runs=$((done_runs + 1))
    printf '[%d/%d] %s %s\n' "$done_runs" "$all_runs" "$build" "$benchmark"
    if [ ! -x "$program" ]; then
        printf '        left out of this build\n'
        return 0
    fi
    mkdir -p "$folder/$build"
    python3 -B benchmarks/warm_memory.py "$WARM_MEBIBYTES" || say "without warm memory"
    local how=()
    [ "$benchmark" != realtime ] || how=(without_throttling)
    "${how[@]}" "$program" "$@" --json "$folder/$build/$benchmark.json" || failures+=("$build $benchmark")
}

install_packages "$ICHOR_BUILD_PACKAGES
libabsl-dev             the absl_* builds
libmimalloc-dev         the *_mimalloc builds
python3                 writes the tables and the plot"
share_compiler_cache
build_all

raw=build/bench_raw
rm -rf "$raw"
count_of() { wc -w <<<"$1"; }
all_runs=$((rounds * ($(grep -c . <<<"$benchmarks") * $(count_of "$builds") + 1)))
done_runs=0
failures=()
unit_build=${builds%% *}
for ((round = 1; round <= rounds; ++round)); do
    say "Round $round of $rounds"
    folder=$raw/$round
    read -r name quick_count <<<"$(grep '^plain_queue ' benchmarks/list.txt)"
    # The unit: one thread, and with the first build's allocator for all.
    options=(--single)
    [ $stem = results ] || options+=(--count "$quick_count")
    run "$name" "$unit_build" "$folder" "${options[@]}"
    while read -r name quick_count <&3; do
        [ -n "$name" ] || continue
        options=()
        [ $stem = results ] || options=(--single --count "$quick_count")
        for build in $builds; do
            run "$name" "$build" "$folder" "${options[@]}"
        done
    done 3<<<"$benchmarks"
    # Each comes first in its turn.
    builds="${builds#* } ${builds%% *}"
done

readme=()
[ $stem = quick ] || [ -n "$is_partial" ] || readme=(--readme benchmarks/README.md)
python3 -B benchmarks/report.py "$raw" --into "benchmarks/results/$stem" "${readme[@]}" "${against[@]}" || stop 1 "writing the results"
[ ${#failures[@]} = 0 ] || stop 1 "these failed: ${failures[*]}"
say "Results: benchmarks/results/$stem.md, .json and .svg"
