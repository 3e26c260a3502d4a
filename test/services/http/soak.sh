#!/usr/bin/env bash
# Soaks the HTTP host for longer than the tests do: a crowd that connects, sends, stalls, aborts and pipelines at random, on every kind
# of queue, after which no descriptor, no memory and no coroutine may be left.
#
#   test/services/http/soak.sh                      3 minutes on each kind of queue, with std_std, asan and tsan: half an hour
#   test/services/http/soak.sh 20                   20 seconds each
#   test/services/http/soak.sh 180 asan             with some of the presets
#   ICHOR_SOAK_SEED=1 test/services/http/soak.sh    what happens at random, again: the seed is printed each time
#
# Exit status: 0 nothing was left behind, 1 something was or could not be built, 2 an argument was not understood, 3 packages are missing
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.." || exit 1
# shellcheck source=cmake/setup.sh
. cmake/setup.sh

seconds=${1:-180}
case "$seconds" in
-h | --help)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' test/services/http/soak.sh
    exit 0
    ;;
esac
[[ $seconds =~ ^[1-9][0-9]*$ ]] || stop 2 "takes the seconds to run each; there is --help"
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- std_std asan tsan

export ICHOR_SOAK_SECONDS=$seconds
# As in the presets of the tests.
export ASAN_OPTIONS=${ASAN_OPTIONS:-strict_string_checks=1:check_initialization_order=1:detect_stack_use_after_return=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1}

install_packages "$ICHOR_BUILD_PACKAGES$ICHOR_TEST_PACKAGES"
share_compiler_cache
rows=()
failures=()
for preset in "$@"; do
    say "Building $preset"
    cmake --preset "$preset" || stop 1 "configuring the preset $preset"
    how=()
    # The thread sanitizer of g++ 12 cannot place its shadow under strong address space randomisation.
    if [ "$preset" = tsan ] && setarch -R true 2>/dev/null; then how=(setarch -R); fi
    for queue in '' _io_uring _asio; do
        target=ichor_services_http_soak${queue}_test
        "${how[@]}" cmake --build "build/$preset" --target "$target" || stop 1 "building $target with the preset $preset"
        say "Soaking: $preset, $target, $seconds seconds"
        begin=$SECONDS
        "${how[@]}" "build/$preset/test/$target" -w NoTests 'Host: a crowd*'
        status=$?
        result=ok
        if [ $status != 0 ]; then
            result="FAILED ($status)"
            failures+=("$preset $target")
        fi
        rows+=("$(printf '%-10s%-42s%6d s   %s' "$preset" "$target" $((SECONDS - begin)) "$result")")
    done
done

say "Soaked"
printf '%s\n' "${rows[@]}"
[ ${#failures[@]} = 0 ] || stop 1 "${failures[*]}"
