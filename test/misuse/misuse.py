#!/usr/bin/env python3
"""What a user gets wrong is answered by a sentence of ours: compiles a file that is wrong in many ways and looks for each sentence.

    misuse.py --build DIR FILE

A sentence that stands there several times has to be said as often.
"""
import argparse
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'architecture'))
from header_cost import user_command  # noqa: E402

SAYS = re.compile(r'^ *// says: (.+)$', re.MULTILINE)


def all_errors(compiler):
    """clang stops after twenty of them."""
    version = subprocess.run([compiler, '--version'], capture_output=True, text=True, check=False).stdout
    return ['-ferror-limit=0'] if 'clang' in version else []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', required=True)
    parser.add_argument('file')
    arguments = parser.parse_args()
    command, _ = user_command(arguments.build)
    sentences = SAYS.findall(pathlib.Path(arguments.file).read_text(encoding='utf-8'))
    result = subprocess.run(command + all_errors(command[0]) + ['-O0', '-c', '-o', '/dev/null', arguments.file], capture_output=True, text=True, check=False,
                            env={'LC_ALL': 'C', 'PATH': '/usr/bin:/bin'})
    said = ' '.join(line for line in result.stderr.splitlines() if 'error' in line)
    unsaid = [sentence for sentence in dict.fromkeys(sentences) if said.count(sentence) < sentences.count(sentence)]
    if result.returncode == 0:
        print('it compiles, and should not')
    for sentence in unsaid:
        print(f'the compiler does not say, or not often enough: {sentence}')
    if unsaid:
        print(result.stderr)
    print(f'{len(sentences)} sentences, {len(unsaid)} unsaid')
    return 1 if result.returncode == 0 or unsaid or not sentences else 0


if __name__ == '__main__':
    sys.exit(main())
