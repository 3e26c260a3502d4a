#!/usr/bin/env bash
# Called by ./benchmark.sh http: builds Release, and compares pong with a bare loop and with other HTTP servers.
#
#   ./benchmark.sh http                     all, in 5 rounds; renews the table in benchmarks/README.md
#   ./benchmark.sh http --quick             one round, a second each, and no table is touched
#   ./benchmark.sh http --rounds 9          and the other options of benchmarks/http/compare.py, which has --help
#
# Servers and a load that take part where they are installed, and are named where they are not. For the whole comparison:
#
#   apt-get install --no-install-recommends wrk nginx-light golang-go golang-github-valyala-fasthttp-dev nodejs npm
#
#   wrk                                             the second load
#   nginx-light                                     nginx
#   golang-go golang-github-valyala-fasthttp-dev    fasthttp
#   nodejs npm                                      Express, which npm fetches into build/bench_http
#
# Results: benchmarks/results/http.json, .md and .svg; with --quick quick.http.json and so on.
#
# Exit status: 0 all ran, 1 something failed, 3 packages are missing
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." || exit 1
# shellcheck source=cmake/setup.sh
. cmake/setup.sh

build=build/bench_http
into=(--into benchmarks/results/http)
readme=(--readme benchmarks/README.md --readme README.md)
for option in "$@"; do
    case "$option" in
    -h | --help)
        sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
        exec python3 -B benchmarks/http/compare.py --help
        ;;
    --quick) into=(--into benchmarks/results/quick.http) readme=() ;;
    --servers | --connections | --servers=* | --connections=*) readme=() ;; # a part is no table for all
    esac
done

install_packages "$ICHOR_BUILD_PACKAGES$ICHOR_HTTP_BENCHMARK_PACKAGES"
share_compiler_cache
mkdir -p build
flags=()
if grep -qsw avx2 /proc/cpuinfo; then flags+=(-DICHOR_ARCH_OPTIMIZATION=X86_64_AVX2); fi
say "Building"
cmake -G Ninja -B "$build" -DCMAKE_BUILD_TYPE=Release -DICHOR_BUILD_TESTING=OFF -DICHOR_BUILD_EXAMPLES=ON -DICHOR_BUILD_BENCHMARKS=ON \
    "${flags[@]}" >"$build.log" 2>&1 || stop 1 "configuring: $(tail -n 20 "$build.log")"
cmake --build "$build" --target ichor_pong_example bare_epoll_benchmark bare_uring_benchmark beast_benchmark http_load http_allocations || stop 1 "building"

say "Comparing"
python3 -B benchmarks/http/compare.py --build "$build" "${into[@]}" "${readme[@]}" "$@" || stop 1 "comparing"
