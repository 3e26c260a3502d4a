#!/usr/bin/env python3
"""Holds every include of include/ichor and src/ichor against the floors of the house, and every file against its length.

Usage: check_layers.py [ROOT]       prints one line a breach; exit status 0: none, 1: some, 2: nothing found to check
"""
import pathlib
import re
import sys

FLOORS = {
    'base': 1,
    'model': 2,
    'coroutines': 3, 'logging': 3,      # two wings which do not know each other
    'events': 4,
    'event_queues': 5,
    'dependency_management': 6,
    'services': 7,
}
DOOR = 8
ANYBODY = 0     # ichor/Config.h

# Which other modules a module may include. Every module may include the floors below it, and itself.
MODULES = {
    'logging': [],
    'spdlog': ['logging'],
    'timer': [],
    'serialization': [],
    'http': [],
    'testing': ['timer', 'http'],
}

# Third-party headers that cost their includer much.
HEAVY = ('boost/', 'hiredis/', 'spdlog/', 'rapidjson/', 'absl/', 'CLI/', 'openssl/')
# Who may include them: sources of modules always; a source of the core and a public header only when it stands here.
HEAVY_ALLOWED = {
    'include/ichor/base/Containers.h': ('absl/',),
    'src/ichor/event_queues/BoostAsio': ('boost/',),
    'include/ichor/services/serialization/RapidJson': ('rapidjson/',),
    'include/ichor/services/serialization/BoostJson': ('boost/',),
}

MAX_LINES = 400
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def floor_of(path):
    """(floor, wing, module) of a path below include/ichor or src/ichor; None when it stands on no floor."""
    parts = pathlib.PurePosixPath(path).parts
    if parts == ('Config.h',):
        return ANYBODY, '', None
    if len(parts) == 1:
        return DOOR, '', None
    if parts[0] not in FLOORS:
        return None
    module = parts[1] if parts[0] == 'services' and len(parts) > 2 else None
    return FLOORS[parts[0]], parts[0], module


class Check:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.breaches = []
        self.files = 0

    def breach(self, path, line, text):
        self.breaches.append(f'{path}:{line}: {text}')

    def run(self):
        for top in ('include/ichor', 'src/ichor'):
            for path in sorted((self.root / top).rglob('*')):
                if path.suffix in ('.h', '.cpp'):
                    self.files += 1
                    self.check_file(path, top)

    def check_file(self, path, top):
        name = path.relative_to(self.root).as_posix()
        inside = path.relative_to(self.root / top).as_posix()
        lines = path.read_text(encoding='utf-8').splitlines()
        here = floor_of(inside)
        if here is None:
            self.breach(name, 1, f'stands on no floor: the folders are {", ".join(FLOORS)}')
            return
        if len(lines) > MAX_LINES and not any('Length:' in line for line in lines):
            self.breach(name, MAX_LINES + 1, f'has {len(lines)} lines and no comment "Length: …" that says why')
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if match:
                self.check_include(name, number, path, here, *match.groups())

    def check_include(self, name, number, path, here, quote, target):
        inside = self.resolve(path, quote, target)
        if inside is None:
            if quote == '"':
                self.breach(name, number, f'"{target}" is found neither beside the file nor in src or include')
            elif target.startswith(HEAVY):
                self.check_heavy(name, number, here, target)
            return
        there = floor_of(inside)
        if there is None:
            self.breach(name, number, f'{target} stands on no floor')
            return
        reason = self.forbidden(here, there)
        if reason:
            self.breach(name, number, f'includes {target}: {reason}')

    def resolve(self, path, quote, target):
        """The target's path below include/ichor or src/ichor; None when it is not ours."""
        if target.startswith('ichor/'):
            return target[len('ichor/'):]
        if quote == '<':
            return None
        for base in (path.parent, self.root / 'src', self.root / 'src/ichor', self.root / 'include'):
            found = (base / target).resolve()
            if found.is_file():
                for top in ('include/ichor', 'src/ichor'):
                    if found.is_relative_to((self.root / top).resolve()):
                        return found.relative_to((self.root / top).resolve()).as_posix()
        return None

    @staticmethod
    def forbidden(here, there):
        """Why a file of `here` may not include one of `there`; None when it may."""
        (floor, wing, module), (other_floor, other_wing, other_module) = here, there
        if other_floor == DOOR:
            return 'a door is for users, nothing inside goes through it'
        if other_floor > floor:
            return f'{other_wing} (floor {other_floor}) is above {wing} (floor {floor})'
        if other_floor == floor and other_wing != wing:
            return f'{wing} and {other_wing} are two wings which do not know each other'
        if other_module is not None and module is not None and module != other_module:
            # "serialization_rapidjson" is a part of "serialization" in a folder of its own.
            if other_module not in MODULES.get(module, []) and not module.startswith(other_module + '_'):
                return f'module {module} may not include module {other_module}'
        return None

    def check_heavy(self, name, number, here, target):
        is_module_source = here[0] == FLOORS['services'] and name.startswith('src/')
        if is_module_source:
            return
        for prefix, allowed in HEAVY_ALLOWED.items():
            if name.startswith(prefix) and target.startswith(allowed):
                return
        self.breach(name, number, f'includes <{target}>: heavy third-party headers belong into the sources of modules')


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else '.'
    check = Check(root)
    check.run()
    if check.files == 0:
        print(f'{root}: no file to check below include/ichor and src/ichor')
        return 2
    for text in check.breaches:
        print(text)
    print(f'{check.files} files checked, {len(check.breaches)} breaches')
    return 1 if check.breaches else 0


if __name__ == '__main__':
    sys.exit(main())
