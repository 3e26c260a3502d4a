#!/usr/bin/env python3
"""The realtime example as a program: what it prints, what it refuses, and that it says what a plain user lacks.

    realtime_test.py REALTIME_EXAMPLE
"""
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = ''
PLAIN_USER = 65534


# Measures until it is told to end, and then says so: 12 us, three times.
CYCLICTEST = """#!/bin/sh
trap 'echo "000012 000003"; exit 0' INT
echo $$ > "$PID_FILE.new"
mv "$PID_FILE.new" "$PID_FILE"
while :; do sleep 0.1; done
"""


def grant_nothing():
    for limit in (resource.RLIMIT_RTPRIO, resource.RLIMIT_MEMLOCK):
        resource.setrlimit(limit, (0, 0))


def is_sanitized():
    with open(PROGRAM, 'rb') as file:
        content = file.read()
    return b'__asan_init' in content or b'__tsan_init' in content


def run(*arguments, **options):
    return subprocess.run([options.pop('program', PROGRAM), *arguments], capture_output=True, text=True, timeout=120, check=False, **options)


class RealtimeExample(unittest.TestCase):
    def test_each_run_over_the_maximum_has_its_line_and_the_end_its_summary(self):
        done = run('--best-effort', '-n', '1200', '-m', '0')
        self.assertEqual(done.returncode, 0, done.stderr)
        runs = re.findall(r'^duration of run ([\d,]+) is [\d,]+ µs which exceeded maximum of 0 µs$', done.stdout, re.M)
        self.assertEqual(len(runs), 1200)
        self.assertIn('1,199', runs)
        self.assertEqual(runs[-1], '1,200')
        summary = re.search(r'^duration min/max/avg: ([\d,]+)/([\d,]+)/([\d,]+) µs$', done.stdout, re.M)
        self.assertTrue(summary, done.stdout[-500:])
        least, most, average = (int(number.replace(',', '')) for number in summary.groups())
        self.assertTrue(0 < least <= average <= most)

    def test_no_run_over_a_generous_maximum_has_a_line(self):
        done = run('--best-effort', '-n', '20', '-m', '60000000')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn('exceeded', done.stdout)
        self.assertIn('duration min/max/avg: ', done.stdout)

    def test_options_that_make_no_sense_are_refused_by_name(self):
        for option, value in (('--cpu', '5000'), ('--priority', '100'), ('--iterations', '0'), ('--interval', '1'), ('--maximum', 'many')):
            done = run(option, value)
            self.assertNotEqual(done.returncode, 0, option)
            self.assertIn(option, done.stderr)

    def test_periodic_mode_prints_lateness(self):
        done = run('--best-effort', '--periodic', '50')
        self.assertEqual(done.returncode, 0, done.stderr)
        lateness = re.search(r'^lateness:   min .* p50 .* p99 .* p99\.9 .* max .* \((\d+) values\)$', done.stdout, re.M)
        self.assertTrue(lateness, done.stdout)
        # A machine that stands still for some cycles costs those; one value is there for each that was not missed.
        self.assertIn(int(lateness.group(1)), range(1, 51))
        self.assertRegex(done.stdout, r'(?m)^cyclictest: ')

    def test_a_signal_ends_cyclictest_too_with_what_it_has_measured(self):
        with tempfile.TemporaryDirectory() as folder:
            stand_in = os.path.join(folder, 'cyclictest')
            with open(stand_in, 'w', encoding='utf-8') as file:
                file.write(CYCLICTEST)
            os.chmod(stand_in, 0o755)
            environment = {**os.environ, 'PATH': folder + ':' + os.environ['PATH'], 'PID_FILE': os.path.join(folder, 'pid')}
            with subprocess.Popen([PROGRAM, '--best-effort', '--periodic', '600000'], env=environment, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True) as child:
                while child.poll() is None and not os.path.exists(environment['PID_FILE']):
                    time.sleep(0.05)
                child.send_signal(signal.SIGTERM)
                output, errors = child.communicate(timeout=60)
            self.assertEqual(child.returncode, 0, errors)
            self.assertRegex(output, r'(?m)^cyclictest: min 12\.0 us, .* \(3 values\)$')
            with open(environment['PID_FILE'], encoding='utf-8') as file:
                self.assertRaises(ProcessLookupError, os.kill, int(file.read()), 0)

    def test_a_signal_ends_periodic_mode_at_once(self):
        with subprocess.Popen([PROGRAM, '--best-effort', '--periodic', '600000'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
            time.sleep(1)  # not a time that it needs: whenever the signal comes, it ends
            child.send_signal(signal.SIGTERM)
            output, errors = child.communicate(timeout=60)
        self.assertEqual(child.returncode, 0, errors)
        self.assertIn('lateness: ', output)

    @unittest.skipUnless(os.geteuid() == 0, 'only root can become somebody else')
    def test_a_plain_user_is_told_what_is_missing_and_gets_a_status(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            program = shutil.copy(PROGRAM, folder)
            done = run('-n', '5', program=program, cwd='/', user=PLAIN_USER, group=PLAIN_USER, extra_groups=[], preexec_fn=grant_nothing)
        self.assertEqual(done.returncode, 1)
        for name in ('CAP_SYS_NICE', 'RLIMIT_RTPRIO', 'CAP_IPC_LOCK', 'RLIMIT_MEMLOCK'):
            # The sanitizers make locking memory do nothing.
            if name in ('CAP_IPC_LOCK', 'RLIMIT_MEMLOCK') and is_sanitized():
                continue
            self.assertIn(name, done.stderr)
        self.assertIn(f'sudo setcap cap_sys_nice,cap_ipc_lock+ep {program}\n', done.stderr)
        self.assertNotIn('PROGRAM', done.stderr)
        self.assertNotIn('duration', done.stdout)


if __name__ == '__main__':
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
