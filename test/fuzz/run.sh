#!/usr/bin/env bash
# Builds the fuzzers with clang, and runs each from its committed corpus.
#
#   test/fuzz/run.sh                10 minutes each
#   test/fuzz/run.sh 60             60 seconds each
#
# What it found new stays in build/fuzz/found/<target>, and so does an input that failed, as crash-*, oom-* or timeout-*: to see it
# again, give it to the program as its only argument. To add to the corpus what reaches more: see CMakeLists.txt here.
#
# Exit status: 0 all ran clean, 1 one failed or could not be built, 2 an argument was not understood, 3 packages are missing
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." || exit 1
# shellcheck source=cmake/setup.sh
. cmake/setup.sh

seconds=${1:-600}
case "$seconds" in
-h | --help)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' test/fuzz/run.sh
    exit 0
    ;;
esac
[[ $# -le 1 && $seconds =~ ^[1-9][0-9]*$ ]] || stop 2 "takes the seconds to run each; there is --help"

install_packages "$ICHOR_BUILD_PACKAGES
catch2                  replays the corpus
clang-19                the compiler of the fuzzers
libclang-rt-19-dev      has libFuzzer"
share_compiler_cache
configure_and_build fuzz

rows=()
failures=()
for target in requests responses chunked_bodies; do
    say "Fuzzing $target for $seconds seconds"
    found=build/fuzz/found/$target
    log=build/fuzz/found/$target.log
    mkdir -p "$found"
    "build/fuzz/test/fuzz/ichor_fuzz_$target" -dict=test/fuzz/http.dict -max_total_time="$seconds" -print_final_stats=1 -verbosity=1 \
        -artifact_prefix="$found/" "$found" "test/fuzz/corpus/$target" >"$log" 2>&1
    status=$?
    result=clean
    if [ $status != 0 ]; then
        result="FAILED ($status), see $log"
        failures+=("$target")
        tail -n 40 "$log"
    fi
    # A fuzzer that ends at a fault has written no count.
    rows+=("$(printf '%-16s%14s executions   %s' "$target" "$(awk '/^stat::number_of_executed_units:/ {print $2}' "$log")" "$result")")
done

say "Fuzzed"
printf '%s\n' "${rows[@]}"
[ ${#failures[@]} = 0 ] || stop 1 "${failures[*]}"
