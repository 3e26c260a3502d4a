#!/usr/bin/env python3
"""Whether an SVG shows the graph that a program prints as DOT: check_picture.py PROGRAM SVG"""
import json
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree


def labels_of(dot):
    """Each line of each label."""
    for text in re.findall(r'label=("(?:[^"\\]|\\.)*")', dot):
        yield from json.loads(text).split('\n')


def main():
    program, picture = sys.argv[1:]
    dot = subprocess.run([program], stdout=subprocess.PIPE, text=True, check=True).stdout
    root = xml.etree.ElementTree.parse(picture).getroot()
    drawn = sorted(text.text for text in root.iter('{http://www.w3.org/2000/svg}text'))
    printed = sorted(labels_of(dot))
    if printed and printed == drawn:
        return 0
    print(f'printed: {printed}\ndrawn:   {drawn}\nTo draw it again: {program} | dot -Tsvg > {pathlib.Path(picture).name}')
    return 1


if __name__ == '__main__':
    sys.exit(main())
