#!/usr/bin/env python3
"""What a user's file pays for our headers, with the flags that FirstService.cpp was compiled with.

    header_cost.py --build DIR --forbid WORD…    exit 1 when FirstService.cpp includes a header with such a folder in its path
    header_cost.py --build DIR --table           preprocessed lines and compile time of each door and interface header
"""
import argparse
import json
import pathlib
import shlex
import subprocess
import sys
import time

LIMITS = {'door': 60000, 'interface': 40000}


def user_command(build):
    """The compiler and flags of FirstService.cpp, without what it reads and writes; and the file."""
    for entry in json.loads(pathlib.Path(build, 'compile_commands.json').read_text(encoding='utf-8')):
        if entry['file'].endswith('/FirstService.cpp'):
            words = shlex.split(entry['command'])
            if 'ccache' in words[0]:
                words = words[1:]
            output = words.index('-o')
            words = words[:output] + words[output + 2:]
            return [word for word in words if word not in ('-c', entry['file'])], entry['file']
    sys.exit(f'{build}/compile_commands.json has no FirstService.cpp')


def run(command, text=None):
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f'{shlex.join(command)}\n{result.stderr}')
    return result.stdout


def included_by(command, file):
    """Every header that the file includes, directly or not."""
    makefile = run(command + ['-M', file]).replace('\\\n', ' ')
    return makefile.split(':', 1)[1].split()


def forbid(command, file, words):
    headers = included_by(command, file)
    if not any('/ichor/' in header for header in headers):
        sys.exit(f'{file} includes no header of ours: this check has gone blind')
    found = [header for header in headers if set(words) & set(pathlib.PurePath(header).parts)]
    for header in found:
        print(f'{file} pulls in {header}')
    print(f'{len(headers)} headers, {len(found)} of them forbidden ({", ".join(words)})')
    return 1 if found else 0


def public_headers(root):
    for path in sorted((root / 'include/ichor').rglob('*.h')):
        name = path.relative_to(root / 'include').as_posix()
        if path.parent == root / 'include/ichor':
            yield 'door', name
        elif path.name[0] == 'I' and path.name[1:2].isupper():
            yield 'interface', name


def table(command, root):
    print(f'{"header":<58}{"lines":>8}{"limit":>8}{"seconds":>9}')
    for kind, name in public_headers(root):
        source = f'#include <{name}>\n'
        lines = run(command + ['-E', '-x', 'c++', '-'], source).splitlines()
        count = sum(1 for line in lines if line.strip() and not line.startswith('#'))
        begin = time.monotonic()
        run(command + ['-fsyntax-only', '-x', 'c++', '-'], source)
        seconds = time.monotonic() - begin
        note = '  over its limit' if count > LIMITS[kind] else ''
        print(f'{name:<58}{count:>8}{LIMITS[kind]:>8}{seconds:>9.2f}{note}')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', required=True)
    parser.add_argument('--forbid', nargs='+')
    parser.add_argument('--table', action='store_true')
    arguments = parser.parse_args()
    command, file = user_command(arguments.build)
    if arguments.table:
        table(command, pathlib.Path(__file__).resolve().parents[2])
    return forbid(command, file, arguments.forbid) if arguments.forbid else 0


if __name__ == '__main__':
    sys.exit(main())
