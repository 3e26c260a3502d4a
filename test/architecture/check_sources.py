#!/usr/bin/env python3
"""Holds every .cpp file against the lists in the CMakeLists.txt of its folder and of those above it: one that none of them names is never
built, and a test in it never runs.

Usage: check_sources.py [ROOT]      prints one line a file; exit status 0: none, 1: some, 2: nothing found to check
"""
import pathlib
import re
import sys

TREES = ('src', 'test', 'benchmarks', 'examples')
WORD = re.compile(r'[\w./-]+\.cpp')


def is_named(root, source):
    """True when a list names it by the end of its path: each list counts from a folder of its own choice."""
    path = source.relative_to(root).as_posix()
    for folder in source.parents:
        lists = folder / 'CMakeLists.txt'
        if lists.is_file():
            words = WORD.findall(lists.read_text(encoding='utf-8'))
            if any(('/' + path).endswith('/' + word.lstrip('/')) for word in words):
                return True
        if folder == root:
            break
    return False


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else '.').resolve()
    sources = [path for tree in TREES for path in sorted((root / tree).rglob('*.cpp'))]
    if not sources:
        print(f'{root}: no source to check below {", ".join(TREES)}')
        return 2
    forgotten = [path for path in sources if not is_named(root, path)]
    for path in forgotten:
        print(f'{path.relative_to(root).as_posix()}: no CMakeLists.txt names it, so it is not built')
    print(f'{len(sources)} sources checked, {len(forgotten)} forgotten')
    return 1 if forgotten else 0


if __name__ == '__main__':
    sys.exit(main())
