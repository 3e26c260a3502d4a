#!/usr/bin/env python3
"""Pong answers wrk on 400 connections without one error, and ends well in the middle of that.

Usage: load_test.py PONG WRK_LUA      exit status: 0 all well, 1 not, 77 wrk is not installed
"""
import json
import shutil
import signal
import subprocess
import sys
import time

from pong import PATIENCE, Pong

if shutil.which('wrk') is None:
    sys.exit(77)
PONG, WRK_LUA = sys.argv[1:3]


def wrk(pong, seconds):
    # Slow answers are no errors here: a machine may stand still for a moment.
    return subprocess.Popen(['wrk', '-t2', '-c400', f'-d{seconds}s', '--timeout', f'{PATIENCE}s', '--latency', '-s', WRK_LUA, pong.url],
                            stdout=subprocess.PIPE, text=True)


def expect(is_so, what):
    if not is_so:
        sys.exit(f'FAILED: {what}')


def expect_no_complaint(pong):
    expect(not any(level in line for line in pong.output for level in (' warn ', ' error ')), f'pong complains: {pong.output}')


def answer():
    with Pong(PONG, '-t', '2') as pong:
        text = wrk(pong, 3).communicate(timeout=PATIENCE)[0]
        print(text)
        report = json.loads(text.splitlines()[-1])
        expect(report['errors'] == 0 and report['time_outs'] == 0, 'not every request was answered with 200')
        expect(report['requests'] > 10 * 400, 'that is hardly any load')
        expect(pong.ask('{"sequence": 1}') == (200, '{"sequence":1}'), 'a request afterwards')
        expect_no_complaint(pong)


def end_under_load(how):
    with Pong(PONG, '-t', '2') as pong:
        load = wrk(pong, 2 * PATIENCE)
        try:
            end = time.monotonic() + PATIENCE
            before = pong.seconds_of_processor()
            while pong.seconds_of_processor() < before + 0.2:
                expect(time.monotonic() < end, 'wrk does not come')
                time.sleep(0.01)
            status, took = pong.end(how)
            expect(load.poll() is None, 'wrk had ended before pong')
        finally:
            load.kill()
            load.communicate()
    print(f'{how.name} ended it after {took:.2f} s')
    expect(status == 0, f'{how.name} under load: status {status}, {pong.output}')
    expect(took < 5, f'{how.name} under load took 5 s, half of what services are given before they are taken down')
    expect_no_complaint(pong)


answer()
for signal_to_end in (signal.SIGINT, signal.SIGTERM) * 2:
    end_under_load(signal_to_end)
