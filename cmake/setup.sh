# Read by run.sh, test.sh and .ci/run: what the machine must have, and how a step is shown.
# shellcheck shell=bash

# Package, and why. One a line.
ICHOR_BUILD_PACKAGES='
g++                     the compiler
cmake                   the build
ninja-build             the build
ccache                  makes the second build quick
libfmt-dev              formats log lines
libexpected-dev         std::expected for this compiler
libboost1.81-dev        HTTP parser, Asio queue
libboost-json1.81-dev   JSON serialization
liburing-dev            the queue on io_uring
libspdlog-dev           a logger
rapidjson-dev           JSON serialization
libcli11-dev            options of the examples'

ICHOR_TEST_PACKAGES='
catch2                  the test framework
libabsl-dev             the absl_* presets
libmimalloc-dev         the *_mimalloc presets
python3                 checks the layers
curl                    asks the HTTP host like a stranger
wrk                     asks it on 400 connections at once'

# Only for ./benchmark.sh http: without it the build leaves the load generator out.
ICHOR_HTTP_BENCHMARK_PACKAGES='
liburing-dev            the load generator
python3                 runs the servers and the load, writes tables and plot'

# say TEXT…: a line of the script's own, to be told from those of the tools.
say() { printf '\n== %s\n' "$*"; }

# stop STATUS TEXT…: ends the script, saying what failed.
stop() {
    local status=$1
    shift
    printf '\n== FAILED: %s\n' "$*" >&2
    exit "$status"
}

package_is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# install_packages LIST: what is missing of it, saying what and why. Quick when nothing is.
install_packages() {
    local missing=() name why
    if ! command -v dpkg-query >/dev/null; then
        say "This is no Debian: going on with what is there. Needed are:$1"
        return 0
    fi
    while read -r name why; do
        [ -z "$name" ] || package_is_installed "$name" || missing+=("$name")
    done <<<"$1"
    [ ${#missing[@]} -gt 0 ] || return 0

    say "Missing packages:"
    while read -r name why; do
        case " ${missing[*]} " in *" $name "*) [ -z "$name" ] || printf '   %-24s%s\n' "$name" "$why" ;; esac
    done <<<"$1"
    if [ "$(id -u)" != 0 ]; then
        stop 3 "installing them takes root. Type this, then start again:
sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends ${missing[*]}'"
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 update || stop 3 "apt-get update"
    apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 install --no-install-recommends "${missing[@]}" ||
        stop 3 "apt-get install ${missing[*]}"
}

# Clones of the project share what the compiler cache holds, wherever they lie.
share_compiler_cache() {
    export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$PWD} CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-1}
}

# configure_and_build PRESET SCRIPT
configure_and_build() {
    local built=build/$1
    # Of two people who build here the first one owns what there is.
    if [ -e "$built/CMakeCache.txt" ] && ! [ -w "$built/CMakeCache.txt" ]; then
        stop 1 "$built belongs to $(stat -c %U "$built"), and $(id -un) cannot write there. Remove it (as $(stat -c %U "$built"): rm -r $built), or use it as that user"
    fi
    say "Configuring $1"
    cmake --preset "$1" || stop 1 "configuring the preset $1. To see it again: cmake --preset $1"
    say "Building $1"
    cmake --build --preset "$1" || stop 1 "building the preset $1. To see it again: cmake --build --preset $1"
}
