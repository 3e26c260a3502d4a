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

What compiles and must not be copied all the same is refused as well: see awaits_in_conditions().
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


# What is no code, or stands in it as text; each is blanked out.
NO_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|^#[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL | re.MULTILINE)
BRANCH = re.compile(r'\b(?:if|while|for|switch)\b[^(;{}]*\(')
SCOPE = re.compile(r'\b(?:namespace|class|struct|union|enum|extern)\b[^()]*$')
LAMBDA = re.compile(r'\[[^\[\]]*\]\s*(?:\([^{}]*\)[^{};]*)?$')
NO_TYPE = r'(?!(?:return|co_return|co_await|co_yield|throw|delete|new|else|case|goto|break|continue|do|try)\b)'
DECLARED = r'[A-Za-z_][\w:]*(?:<[^;{}]*>)?(?:\s+const)?(?:\s+|\s*[&*]+\s*)(?:\[[\w, ]+\]|[A-Za-z_]\w*)\s*(?:[=;({)]|:(?!:)|\[)'
DECLARATION = re.compile(r'(?:^|[;{}(])\s*(?:(?:using|typedef|struct|class|enum)\b|(?:(?:const|static|constexpr)\s+)*' + NO_TYPE + DECLARED + ')')


def closing(code, at):
    """Where the bracket that opens at `at` is closed; the end of the code when it is not."""
    depth = 0
    for end in range(at, len(code)):
        depth += (code[end] in '({') - (code[end] in ')}')
        if depth == 0:
            return end
    return len(code)


def function_bodies(code, begin, end):
    """Begin and end of the body of each function, of those inside classes too, but not of lambdas inside functions."""
    at = begin
    while (at := code.find('{', at, end)) != -1:
        close = closing(code, at)
        head = re.split(r'[;{}]', code[begin:at])[-1]
        if SCOPE.search(head):
            yield from function_bodies(code, at + 1, close)
        elif '(' in head and not LAMBDA.search(head):
            yield at, close
        at = close + 1


def without_lambdas(code):
    """The code with blanks for the bodies of its lambdas, which are coroutines of their own."""
    at = 0
    while (at := code.find('{', at + 1)) != -1:
        if LAMBDA.search(code[:at]):
            close = closing(code, at)
            code = code[:at + 1] + re.sub(r'\S', ' ', code[at + 1:close]) + code[close:]
    return code


def awaits_in_conditions(code):
    """Where a function awaits in a condition and declares nothing, which g++ before 12.3 miscompiles: see "What to watch for" in
    docs/coroutines.md."""
    code = NO_CODE.sub(lambda text: re.sub(r'[^\n]', ' ', text.group()), code)
    for begin, end in function_bodies(code, 0, len(code)):
        body = without_lambdas(code[begin:end])
        if DECLARATION.search(body):
            continue
        for branch in BRANCH.finditer(body):
            if 'co_await' in body[branch.end():closing(body, branch.end() - 1)]:
                yield begin + branch.start()


def line_of(code, at):
    """Page and line, as the #line in front of that place tells."""
    marks = list(re.finditer(r'^#line (\d+) "(.*)"\n', code[:at], re.MULTILINE))
    return f'{marks[-1].group(2)}:{int(marks[-1].group(1)) + code.count(chr(10), marks[-1].end(), at)}'


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
        for at in awaits_in_conditions(code) if is_right else ():
            wrong += 1
            print(f'{line_of(code, at)} awaits in a condition, in a function that declares nothing: g++ before 12.3 miscompiles that')
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
