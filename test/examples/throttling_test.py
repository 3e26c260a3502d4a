"""The throttling script puts the old value back: after all runs, after a failed one, and when it is ended in the middle.

Usage: throttling_test.py SCRIPT     on a file of its own in place of the kernel's
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time


def wait_for(condition, what):
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            sys.exit(f'waited for a minute until {what}')
        time.sleep(0.01)


def check(holds, what):
    if not holds:
        sys.exit(f'FAILED: {what}')


def main():
    script = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        setting = pathlib.Path(folder) / 'runtime'
        seen = pathlib.Path(folder) / 'seen'
        setting.write_text('123\n')
        environment = os.environ | {'SETTING': str(setting)}

        program = pathlib.Path(folder) / 'program'
        program.write_text(f'#!/bin/sh\ncat "{setting}" >>"{seen}"\nexit ${{1:-0}}\n')
        program.chmod(0o755)
        done = subprocess.run([script, program], env=environment, capture_output=True, text=True)
        check(done.returncode == 0, f'it runs: {done.stderr}')
        check(seen.read_text() == '950000\n999999\n-1\n', 'the program sees the three values')
        check(setting.read_text() == '123\n', 'the old value is back')

        done = subprocess.run([script, program, '3'], env=environment, capture_output=True, text=True)
        check(done.returncode == 1, 'a program that fails makes it fail')
        check(setting.read_text() == '123\n', 'the old value is back after a failure')

        started = pathlib.Path(folder) / 'started'
        program.write_text(f'#!/bin/sh\ntouch "{started}"\nexec sleep 600\n')
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            started.unlink(missing_ok=True)
            # SIGINT is ignored in what a shell starts in the background, so say that it is not.
            running = subprocess.Popen([script, program], env=environment, stdout=subprocess.DEVNULL,
                                       preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
            wait_for(started.exists, 'the program runs')
            check(setting.read_text() == '950000\n', 'the value is set meanwhile')
            running.send_signal(number)
            running.wait(60)
            check(running.returncode != 0, 'an interrupted script fails')
            check(setting.read_text() == '123\n', f'the old value is back after {number.name}')

        check(subprocess.run([script], env=environment, capture_output=True).returncode == 2, 'without a program it says how it is used')


if __name__ == '__main__':
    main()
