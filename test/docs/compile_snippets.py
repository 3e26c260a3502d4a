#!/usr/bin/env python3
"""Compiles the C++ in our guides, with the flags that a user's file is compiled with.

    compile_snippets.py --build DIR PAGE…

A block of ```cpp has a comment in front of it, which a reader of the page does not see:

    <!-- cpp: file -->              it is a file on its own, compiled as shown
    <!-- cpp: scope -->             it stands at namespace scope
    <!-- cpp: body of SIGNATURE --> it is the body of a function
    <!-- cpp: fails -->             it is a file on its own, and must not compile

The blocks of a page for scopes and bodies make one file, in their order, so that a later one may use what an earlier one has. What they
need besides stands in a comment of its own:

    <!-- cpp: given
    struct IStore { virtual ~IStore() = default; };
    -->
"""
import argparse
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'architecture'))
from header_cost import user_command  # noqa: E402

MARK = re.compile(r'<!-- cpp: (.+?) -->\s*$')
# Of subobject linkage g++ warns in headers only, which it takes code under a #line for; clang knows no such warning.
WARNINGS = ['-Wall', '-Wextra', '-Werror', '-Wno-unused', '-Wno-unknown-warning-option', '-Wno-subobject-linkage', '-O0']


class Page:
    """The files that the blocks of a page make."""

    def __init__(self, name, text):
        self.name = name
        self.files = []  # name, code, whether it must compile
        self.together = ''
        self.lines = text.splitlines()
        self.read()
        if self.together:
            self.files.append((name, self.together, True))

    def read(self):
        mark = None
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if line == '<!-- cpp: given':
                end = self.lines.index('-->', at)
                self.add_together(at + 1, end)
                at = end
            elif MARK.match(line):
                mark = MARK.match(line).group(1)
            elif line.startswith('```cpp'):
                end = self.lines.index('```', at)
                self.add_block(mark, at + 1, end)
                mark = None
                at = end
            elif line.startswith('```'):
                at = self.lines.index('```', at + 1)
            elif line.strip():
                mark = None
            at += 1

    def code(self, begin, end):
        return f'#line {begin + 1} "{self.name}"\n' + '\n'.join(self.lines[begin:end]) + '\n'

    def add_together(self, begin, end):
        self.together += self.code(begin, end)

    def add_block(self, mark, begin, end):
        place = f'{self.name}:{begin + 1}'
        if mark in ('file', 'fails'):
            self.files.append((place, self.code(begin, end), mark == 'file'))
        elif mark == 'scope':
            self.add_together(begin, end)
        elif mark and mark.startswith('body of '):
            self.together += mark[len('body of '):] + ' {\n' + self.code(begin, end) + '}\n'
        else:
            sys.exit(f'{place}: this code is not compiled: put <!-- cpp: … --> in front of it, see {pathlib.Path(__file__).name}')


def compiles(command, code):
    return subprocess.run(command + WARNINGS + ['-c', '-o', '/dev/null', '-x', 'c++', '-'], input=code, capture_output=True, text=True,
                          check=False)


def check(command, page):
    """How many of the page's files do not do what they should."""
    wrong = 0
    for place, code, is_right in page.files:
        result = compiles(command, code)
        if (result.returncode == 0) != is_right:
            wrong += 1
            print(f'{place} ' + ('does not compile:\n' + result.stderr if is_right else 'compiles, and should not'))
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', required=True)
    parser.add_argument('pages', nargs='+')
    arguments = parser.parse_args()
    command, _ = user_command(arguments.build)
    files = 0
    wrong = 0
    for name in arguments.pages:
        page = Page(name, pathlib.Path(name).read_text(encoding='utf-8'))
        files += len(page.files)
        wrong += check(command, page)
    print(f'{files} files, {wrong} of them wrong')
    return 1 if wrong or files == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
