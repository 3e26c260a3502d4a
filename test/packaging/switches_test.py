#!/usr/bin/env python3
"""What configure says of its switches: a dependency that is asked for and not there is an error that names its package; one that is not
there otherwise leaves its module out, with a line that says so. And that a package with std::expected asks its users for C++23.

Usage: switches_test.py CMAKE GENERATOR SOURCE COMPILER
"""
import pathlib
import subprocess
import sys
import tempfile

CMAKE, GENERATOR, SOURCE, COMPILER = sys.argv[1:5]
DEPENDENCIES = {  # switch: how CMake finds it, Debian's package, a module that needs it
    'ICHOR_USE_BOOST_BEAST': ('Boost', 'libboost1.81-dev', 'http'),
    'ICHOR_USE_BOOST_JSON': ('Boost', 'libboost-json1.81-dev', 'serialization_boost_json'),
    'ICHOR_USE_SPDLOG': ('spdlog', 'libspdlog-dev', 'spdlog'),
    'ICHOR_USE_RAPIDJSON': ('IchorRapidJSON', 'rapidjson-dev', 'serialization_rapidjson'),
    'ICHOR_USE_LIBURING': ('IchorLiburing', 'liburing-dev', 'io_uring'),
    'ICHOR_USE_HIREDIS': ('IchorHiredis', 'libhiredis-dev', None),
    'ICHOR_USE_ABSEIL': ('absl', 'libabsl-dev', None),
    'ICHOR_USE_MIMALLOC': ('mimalloc', 'libmimalloc-dev', None),
}
failures = 0


def configure_in(build, *switches):
    return subprocess.run([CMAKE, '-G', GENERATOR, '-S', SOURCE, '-B', build, f'-DCMAKE_CXX_COMPILER={COMPILER}', '-DICHOR_BUILD_TESTING=OFF',
                           '-DICHOR_BUILD_EXAMPLES=OFF', '-DICHOR_BUILD_BENCHMARKS=OFF', *switches],
                          capture_output=True, text=True, check=False)


def configure(*switches):
    with tempfile.TemporaryDirectory() as build:
        return configure_in(build, '-DICHOR_INSTALL=OFF', *switches)


def hide(package):
    return f'-DCMAKE_DISABLE_FIND_PACKAGE_{package}=ON'


def expect(is_so, what, result):
    global failures
    if not is_so:
        failures += 1
        print(f'FAILED: {what}\n{result.stdout}{result.stderr}')


for switch, (package, debian, _) in DEPENDENCIES.items():
    result = configure(f'-D{switch}=ON', hide(package))
    said = ' '.join(result.stderr.split())
    expect(result.returncode != 0 and f'{switch}=ON needs' in said and f'apt-get install {debian}' in said, f'{switch}=ON without it', result)

result = configure(*{hide(package) for package, _, module in DEPENDENCIES.values() if module})
expect(result.returncode == 0, 'configures without what modules need', result)
for switch, (_, debian, module) in DEPENDENCIES.items():
    if module:
        lines = [line.split() for line in result.stdout.splitlines()]
        rows = [' '.join(words[3:]) for words in lines if words[1:3] == [module, 'off']]
        expect(len(rows) == 1 and f'apt-get install {debian}' in rows[0], f'{module} is left out with one line', result)

result = configure(*(f'-D{switch}=OFF' for switch in DEPENDENCIES))
expect(result.returncode == 0 and 'ICHOR_USE_SPDLOG=OFF' in result.stdout, 'everything off', result)
result = configure('-DICHOR_ARCH_OPTIMIZATION=PENTIUM')
expect(result.returncode != 0 and 'X86_64_AVX2' in result.stderr, 'an unknown processor', result)

for standard in ('20', '23'):
    with tempfile.TemporaryDirectory() as build:
        result = configure_in(build, f'-DCMAKE_CXX_STANDARD={standard}', '-DICHOR_INSTALL=ON')
        expect(result.returncode == 0, f'configures as C++{standard}', result)
        config = (pathlib.Path(build) / 'generated/ichor/Config.h').read_text(encoding='utf-8')
        targets = next(pathlib.Path(build).glob('CMakeFiles/Export/*/Ichor-ichor-targets.cmake')).read_text(encoding='utf-8')
        has_expected = '#define ICHOR_USE_STD_EXPECTED 1' in config
        expect(has_expected == ('"cxx_std_23"' in targets), f'C++{standard}: who uses the package needs the standard of its expected', result)
        expect(has_expected != ('tl::expected' in targets), f'C++{standard}: one kind of expected', result)

sys.exit(1 if failures else 0)
