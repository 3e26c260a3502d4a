#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests.
#
#   ./test.sh                       the default preset, std_std
#   ./test.sh asan                  another one: dev, release, std_mimalloc, absl_std, absl_mimalloc, asan, tsan, clang, norrti, hardening
#   ./test.sh asan -R 'timer: '     what follows goes to ctest
#
# Exit status: 0 all tests passed, 1 configuring or building failed, 2 no such preset, 3 packages are missing, 8 tests failed
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" || exit 1
# shellcheck source=cmake/setup.sh
. cmake/setup.sh

case "${1:-}" in
-h | --help)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' test.sh
    exit 0
    ;;
'' | -*) preset=std_std ;;
*)
    preset=$1
    shift
    ;;
esac

packages=$ICHOR_BUILD_PACKAGES$ICHOR_TEST_PACKAGES
if [ "$preset" = clang ]; then
    packages+='
clang-19                the compiler of this preset'
fi
install_packages "$packages"

cmake --list-presets=test | grep -q "^ *\"$preset\"" || stop 2 "there is no preset $preset. $(cmake --list-presets=test)"

# The thread sanitizer of g++ 12 cannot place its shadow under strong address space randomisation: go on without it.
if [ "$preset" = tsan ] && [ -z "${ICHOR_WITHOUT_ASLR:-}" ] && setarch -R true 2>/dev/null; then
    export ICHOR_WITHOUT_ASLR=1
    exec setarch -R "$BASH" ./test.sh tsan "$@"
fi

share_compiler_cache
configure_and_build "$preset"
say "Testing $preset"
ctest --preset "$preset" -j "$(nproc)" "$@"
status=$?
[ $status = 0 ] || stop $status "tests of the preset $preset. To run those that failed again: ./test.sh $preset --rerun-failed"
say "All tests of the preset $preset passed"
